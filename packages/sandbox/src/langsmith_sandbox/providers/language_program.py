"""Run one Pulumi program in a process of its own: a script for the program's interpreter, which may lack this package.

Standard input holds the engine's run request: it has the stack's configuration, secrets included, so it is no argument.
Exit codes are those of the official host: 0, or 32 when the failure has been reported to the engine already.
"""

from __future__ import annotations

import asyncio
import contextlib
import gc
import os
import runpy
import sys
import traceback
from concurrent.futures import ThreadPoolExecutor
from typing import Any

REPORTED = 32

_DEFAULT_THREADS = 64


def run(request: Any) -> int:
    """Run the program of ``request`` (a ``RunRequest``) against its engine and return the exit code."""
    import grpc
    from pulumi import RunError, log
    from pulumi.runtime import reset_options, run_in_stack, set_all_config

    reset_options(
        project=request.project,
        stack=request.stack,
        root_directory=request.info.root_directory,
        parallel=request.parallel,
        engine_address=request.args[0] if request.args else "",
        monitor_address=request.monitor_address,
        preview=request.dryRun,
        organization=request.organization or "organization",
    )
    set_all_config(dict(request.config), list(request.configSecretKeys))
    program = _prepared(request.info.program_directory or request.pwd, request.info.entry_point or ".")
    loop = asyncio.new_event_loop()
    loop.set_default_executor(ThreadPoolExecutor(max(request.parallel * 4, _DEFAULT_THREADS)))
    try:
        loop.run_until_complete(run_in_stack(lambda: _execute(program)))
        return 0
    except RunError as error:
        failure = str(error)
    except grpc.RpcError as error:
        if isinstance(error, grpc.Call) and error.code() in {grpc.StatusCode.UNAVAILABLE, grpc.StatusCode.CANCELLED}:
            return 0  # the engine is shutting down and has said why
        failure = f"The engine refused a request: {error.details() if isinstance(error, grpc.Call) else error}"
    except Exception as error:  # noqa: BLE001 - whatever a program raises is the user's to read
        failure = f"Program failed with an unhandled exception:\n{_traceback(error, os.getcwd())}"
    finally:
        _abandon(loop)
    with contextlib.suppress(grpc.RpcError):  # an engine that another failure has ended meanwhile has said why
        log.error(failure)
    return REPORTED


def _prepared(directory: str, entry_point: str) -> str:
    """Make the program's folder the current and the first one to import from; return the program's path."""
    os.chdir(directory)
    sys.path[0] = directory
    path = os.path.normpath(os.path.join(directory, entry_point))
    sys.argv = [path]
    return path


def _execute(path: str) -> None:
    runpy.run_path(path, run_name="__main__")


def _traceback(error: Exception, directory: str) -> str:
    """The traceback of ``error`` from the program's first line on, without the frames that led there."""
    frames = traceback.extract_tb(error.__traceback__)
    first = next((index for index, each in enumerate(frames) if each.filename.startswith(directory)), 0)
    lines = ["Traceback (most recent call last):\n", *traceback.format_list(frames[first:])]
    return "".join([*lines, *traceback.format_exception_only(error)])


def _abandon(loop: asyncio.AbstractEventLoop) -> None:
    """Cancel what is left on the loop, so that nothing complains about it at exit."""
    pending = asyncio.all_tasks(loop)
    for task in pending:
        task.cancel()
    if pending:
        loop.run_until_complete(asyncio.wait(pending))
    loop.close()


if __name__ == "__main__":
    # A program imports tens of thousands of classes and ends soon after: a fifth of its time would go into looking for
    # garbage among them.
    gc.disable()
    from pulumi.runtime.proto import language_pb2

    code = run(language_pb2.RunRequest.FromString(sys.stdin.buffer.read()))
    sys.stdout.flush()
    os._exit(code)  # the gRPC channel's threads would hold a normal exit back
