"""The command line as a person and as a script meets it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from langsmith_sandbox.cli import cli, main
from langsmith_sandbox.toolchain.errors import GoMissingError
from langsmith_sandbox.walkthrough.errors import LeftoversError, NoAnswerError, ToolFailedError, UnreachableError

COMMANDS = ("down", "env", "fault", "logs", "reset", "start", "status", "stop", "toolchain", "up")


def run(home: Path, *arguments: str, answer: str = "") -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", "from langsmith_sandbox.cli import main; main()", *arguments],
        env={**os.environ, "LANGSMITH_SANDBOX_HOME": str(home)},
        input=answer,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )


def test_the_listed_commands_are_the_ones_there_are() -> None:
    assert tuple(sorted(cli.list_commands(None))) == COMMANDS  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_every_help_works_and_names_its_options(tmp_path: Path, command: str) -> None:
    shown = run(tmp_path, *filter(None, [command]), "--help")
    assert shown.returncode == 0, shown.stderr
    assert shown.stdout.startswith("Usage:")
    if command and "Commands:" not in shown.stdout:
        assert "--json" in shown.stdout, "scripts can rely on it everywhere"


def test_starting_up_imports_click_and_nothing_heavy() -> None:
    program = "import sys; before = set(sys.modules); import langsmith_sandbox.cli; print(*set(sys.modules) - before)"
    shown = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, timeout=60)
    heavy = {"rich", "yaml", "psutil", "cryptography", "boto3", "pulumi", "fastapi", "httpx2"}
    assert heavy.isdisjoint(shown.stdout.split())


def test_the_status_of_nothing_is_said_and_is_not_success(tmp_path: Path) -> None:
    shown = run(tmp_path, "status", "--json")
    assert shown.returncode == 1
    assert json.loads(shown.stdout)["phase"] == "absent"


def test_an_environment_without_a_running_sandbox_is_an_error_without_a_traceback(tmp_path: Path) -> None:
    shown = run(tmp_path, "env")
    assert shown.returncode == 1
    assert shown.stdout == "", "a shell would evaluate it"
    assert shown.stderr.splitlines() == [
        f"Error: The sandbox in {tmp_path} is not running.",
        "Start it with `langsmith-sandbox start`.",
    ]


def test_a_script_gets_errors_as_json(tmp_path: Path) -> None:
    shown = run(tmp_path, "logs", "--json")
    assert json.loads(shown.stdout) == {
        "error": f"No part has a log in {tmp_path / 'logs'}.",
        "remedy": "Start the sandbox first.",
    }


@pytest.mark.parametrize(("answer", "deleted"), [("n\n", False), ("y\n", True)])
def test_a_reset_asks_before_it_deletes(tmp_path: Path, answer: str, deleted: bool) -> None:
    home = tmp_path / "home"
    home.mkdir()
    (home / "precious").touch()
    run(home, "reset", answer=answer)
    assert home.exists() is not deleted


def test_a_reset_that_was_agreed_to_does_not_ask(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    assert json.loads(run(home, "reset", "--yes", "--json").stdout) == {"deleted": str(home)}
    assert not home.exists()


def test_stopping_nothing_is_no_error(tmp_path: Path) -> None:
    shown = run(tmp_path, "stop")
    assert (shown.returncode, shown.stdout) == (0, "The sandbox was not running.\n")


def test_an_unknown_command_is_a_usage_error(tmp_path: Path) -> None:
    assert run(tmp_path, "strat").returncode == 2


@pytest.mark.parametrize(
    ("code", "command", "error"),
    [
        (1, "down", UnreachableError("http://127.0.0.1:1", "status 500")),
        (10, "toolchain", GoMissingError("helm")),
        (20, "up", ToolFailedError("pulumi up", "no such zone", Path("up.log"))),
        (23, "up", NoAnswerError("http://agent", "status 502")),
        (60, "down", LeftoversError(["AWS VPC vpc-1"])),
        (130, "up", KeyboardInterrupt()),
    ],
)
def test_every_end_has_its_exit_code_and_no_traceback(
    code: int, command: str, error: BaseException, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def fail(*_: object, **__: object) -> None:
        raise error

    work = {"toolchain": "langsmith_sandbox.toolchain.ensure"}
    monkeypatch.setattr(work.get(command, f"langsmith_sandbox.walkthrough.{command}.{command}"), fail)
    monkeypatch.setattr(sys, "argv", ["langsmith-sandbox", command])
    with pytest.raises(SystemExit) as ended:
        main()
    assert ended.value.code == code
    said = capsys.readouterr().err
    assert "Traceback" not in said
    assert said.strip().startswith("Interrupted." if code == 130 else "Error: ")
