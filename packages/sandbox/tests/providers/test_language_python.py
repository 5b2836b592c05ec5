"""The language host: which interpreter runs a program, and what the engine hears of its end."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import grpc
import pytest
from pulumi.runtime.proto import language_pb2

from langsmith_sandbox.providers import language_program
from langsmith_sandbox.providers.language_python import InterpreterError, LanguageHost, interpreter

if TYPE_CHECKING:
    from collections.abc import Callable


class Child:
    """A process that ends at once."""

    def __init__(self, returncode: int) -> None:
        self.returncode = returncode
        self.received = b""

    def communicate(self, content: bytes) -> None:
        self.received = content

    def terminate(self) -> None:
        raise AssertionError("it had ended already")


class Context:
    """The part of a gRPC context that the host uses."""

    def __init__(self) -> None:
        self.callbacks: list[Callable[[], None]] = []

    def add_callback(self, callback: Callable[[], None]) -> None:
        self.callbacks.append(callback)


def _info(root: Path, **options: str) -> language_pb2.ProgramInfo:
    info = language_pb2.ProgramInfo(root_directory=str(root), program_directory=str(root), entry_point=".")
    info.options.update(options)
    return info


def _run(returncode: int) -> tuple[Any, Child, list[str]]:
    child, commands = Child(returncode), []

    def start(command: list[str], **_: Any) -> Any:
        commands.extend(command)
        return child

    request = language_pb2.RunRequest(project="p", config={"p:key": "canary"})
    return LanguageHost({}, start).Run(request, Context()), child, commands


def test_the_variable_names_the_interpreter_before_the_project_does(tmp_path: Path) -> None:
    info = _info(tmp_path, virtualenv="venv")
    assert interpreter(info, {"PULUMI_PYTHON_CMD": "/opt/python"}) == "/opt/python"


def test_the_projects_virtual_environment_is_used_when_it_names_one(tmp_path: Path) -> None:
    python = tmp_path / "venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    python.touch()
    assert interpreter(_info(tmp_path, virtualenv="venv"), {}) == str(python)


def test_a_missing_virtual_environment_is_said_by_name(tmp_path: Path) -> None:
    with pytest.raises(InterpreterError, match=r"'venv' has no python"):
        interpreter(_info(tmp_path, virtualenv="venv"), {})


def test_without_any_wish_the_hosts_own_interpreter_runs_the_program(tmp_path: Path) -> None:
    assert interpreter(_info(tmp_path), {}) == sys.executable


def test_configuration_reaches_the_program_by_a_pipe_and_never_by_arguments() -> None:
    _, child, command = _run(0)
    assert b"canary" in child.received
    assert not any("canary" in argument for argument in command), "arguments are visible to every user"


def test_a_failure_that_was_reported_already_is_not_reported_again() -> None:
    answer, _, _ = _run(language_program.REPORTED)
    assert (answer.bail, answer.error) == (True, "")


def test_a_program_that_dies_is_reported_with_its_exit_code() -> None:
    answer, _, _ = _run(3)
    assert "exit code 3" in answer.error


def test_an_interpreter_that_cannot_start_is_named_with_a_remedy() -> None:
    host = LanguageHost({"PULUMI_PYTHON_CMD": "/nowhere/python"})
    answer = host.Run(language_pb2.RunRequest(), Context())
    assert "/nowhere/python" in answer.error
    assert "PULUMI_PYTHON_CMD" in answer.error


def test_the_program_script_needs_nothing_of_this_package() -> None:
    source = Path(language_program.__file__).read_text()
    assert "import langsmith_sandbox" not in source
    assert "from langsmith_sandbox" not in source, "the project's interpreter may not have it"


def test_a_traceback_begins_at_the_programs_first_line(tmp_path: Path) -> None:
    (tmp_path / "__main__.py").write_text("def fail():\n    raise ValueError('bad input')\nfail()\n")
    with pytest.raises(ValueError, match="bad input") as caught:
        language_program._execute(str(tmp_path))
    text = language_program._traceback(caught.value, str(tmp_path))
    assert "runpy" not in text
    assert text.splitlines()[1].strip().startswith(f'File "{tmp_path}'), "the way to the program is of no interest"
    assert text.rstrip().endswith("ValueError: bad input")


class EngineGoneError(grpc.RpcError):
    """What a call to an engine ends with that another failure has ended meanwhile."""


@pytest.mark.parametrize("engine_is_there", [True, False])
def test_a_failure_is_reported_unless_the_engine_is_gone_and_is_never_a_traceback_of_ours(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine_is_there: bool
) -> None:
    heard: list[str] = []

    async def fail(_program: Callable[[], None]) -> None:
        raise ValueError("bad input")

    def hear(text: str) -> None:
        if not engine_is_there:
            raise EngineGoneError
        heard.append(text)

    for name in ("reset_options", "set_all_config"):
        monkeypatch.setattr(f"pulumi.runtime.{name}", lambda *_, **__: None)
    monkeypatch.setattr("pulumi.runtime.run_in_stack", fail)
    monkeypatch.setattr("pulumi.log.error", hear)
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", [*sys.path])
    monkeypatch.setattr(sys, "argv", [*sys.argv])
    request = language_pb2.RunRequest(project="p", stack="s", info=_info(tmp_path))
    assert language_program.run(request) == language_program.REPORTED
    assert [text.rstrip().endswith("ValueError: bad input") for text in heard] == [True] * engine_is_there


def test_the_host_prints_its_port_first_and_ends_when_asked() -> None:
    module = "langsmith_sandbox.providers.language_python"
    command = [sys.executable, "-m", module, "127.0.0.1:1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as host:
        assert host.stdout is not None
        assert int(host.stdout.readline()) > 0
        host.terminate()
        assert host.wait(timeout=60) == 0, "the engine ends its plugins with a signal"
