"""AWS on one loopback port: moto behind a host of ours, with an overlay where it is silent, lenient or wrong.

Run it with ``python -m langsmith_sandbox.aws``; embed it with :class:`langsmith_sandbox.aws.emulator.Emulator`.
"""
