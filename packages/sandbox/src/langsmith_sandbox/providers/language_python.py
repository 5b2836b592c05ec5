"""``python -m langsmith_sandbox.providers.language_python``: the engine starts it as ``pulumi-language-python``.

A Python language host, for machines where the official one cannot be had. Each run of a program gets a process of its
own (`language_program`), with the interpreter that ``PULUMI_PYTHON_CMD`` or the project's ``virtualenv`` option names.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any

from google.protobuf import json_format

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.providers import language_program
from langsmith_sandbox.providers.protocol import language_pb2_grpc, messages

_PROGRAM_SCRIPT = Path(language_program.__file__)


class InterpreterError(SandboxError):
    """The Python interpreter that a project asks for cannot be used."""


class LanguageHost(language_pb2_grpc.LanguageRuntimeServicer):
    """Runs Python programs for the engine.

    Args:
        environment: Environment variables, for ``PULUMI_PYTHON_CMD``.
        start: Starts a process; `subprocess.Popen`.
    """

    def __init__(
        self,
        environment: Mapping[str, str] = os.environ,
        start: Callable[..., subprocess.Popen[bytes]] = subprocess.Popen,
    ) -> None:
        self._environment = environment
        self._start = start

    def Handshake(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802 - the protocol's names
        return messages.LanguageHandshakeResponse()

    def GetPluginInfo(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return messages.PluginInfo()

    def GetRequiredPlugins(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return messages.GetRequiredPluginsResponse()

    def GetRequiredPackages(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return messages.GetRequiredPackagesResponse()

    def About(self, request: Any, context: Any) -> Any:  # noqa: ARG002, N802
        return messages.AboutResponse(executable=sys.executable, version=platform.python_version())

    def InstallDependencies(self, request: Any, context: Any) -> Iterator[Any]:  # noqa: ARG002, N802
        note = "The sandbox runs programs in the environment it was installed in; there is nothing to install.\n"
        yield messages.InstallDependenciesResponse(stdout=note.encode())

    def Run(self, request: Any, context: Any) -> Any:  # noqa: N802
        """Run the program to its end. ``bail`` tells the engine that the failure has been reported already."""
        try:
            child = self._started(interpreter(request.info, self._environment))
        except InterpreterError as error:
            return messages.RunResponse(error=str(error))
        context.add_callback(child.terminate)
        child.communicate(request.SerializeToString())
        if child.returncode == language_program.REPORTED:
            return messages.RunResponse(bail=True)
        if child.returncode:
            return messages.RunResponse(error=f"The program ended with exit code {child.returncode}.")
        return messages.RunResponse()

    def _started(self, python: str) -> subprocess.Popen[bytes]:
        command = [python, "-u", str(_PROGRAM_SCRIPT)]
        try:
            return self._start(command, stdin=subprocess.PIPE, process_group=0)
        except OSError as error:
            remedy = "Set PULUMI_PYTHON_CMD to a Python that has pulumi."
            raise InterpreterError(f"{python} could not be started: {error.strerror}.", remedy) from error


def interpreter(info: Any, environment: Mapping[str, str]) -> str:
    """The Python that runs the program described by ``info`` (a ``ProgramInfo``).

    ``PULUMI_PYTHON_CMD`` wins over the ``virtualenv`` option of ``Pulumi.yaml``; without either it is this one.

    Raises:
        InterpreterError: When the virtual environment has no Python.
    """
    if named := environment.get("PULUMI_PYTHON_CMD"):
        return named
    virtualenv = json_format.MessageToDict(info.options).get("virtualenv")
    if not virtualenv:
        return sys.executable
    python = Path(info.root_directory, virtualenv, "bin", "python")
    if not python.is_file():
        raise InterpreterError(
            f"The project's virtual environment {virtualenv!r} has no {python.name} in bin/.",
            "Create it, or take the `virtualenv` option out of Pulumi.yaml.",
        )
    return str(python)


if __name__ == "__main__":
    from langsmith_sandbox.providers.plugin import serve_plugin

    serve_plugin(lambda server: language_pb2_grpc.add_LanguageRuntimeServicer_to_server(LanguageHost(), server))
