"""Plugins of the Pulumi engine in Python, for machines where the official ones cannot be had.

``plugin`` serves any of them over gRPC, ``properties`` turns the engine's values into plain Python and back.
"""
