"""The HTTP face of the control plane, one module a concept; handlers only translate.

All of it is asynchronous though it waits for nothing but the disk. FastAPI runs plain functions in another thread, each
of them, and the store lets one request in at a time anyway.
"""
