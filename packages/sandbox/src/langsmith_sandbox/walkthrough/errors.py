"""What can go wrong on the way."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

_DEPLOY_FAILED, _UNPROVEN, _LEFT_OVERS = 20, 23, 60  # of the exit codes both CLIs share


class ToolFailedError(SandboxError):
    """A tool of the product ended with an error.

    Args:
        step: What it was to do.
        said: Its last relevant lines.
        log: Everything it said.
        exit_code: What the command that reports this exits with.
    """

    def __init__(self, step: str, said: str, log: Path, exit_code: int = _DEPLOY_FAILED) -> None:
        super().__init__(f"The step '{step}' failed:\n{said}", f"The whole output is in {log}.", exit_code=exit_code)


class ToolStuckError(SandboxError):
    """A tool of the product did not end."""

    def __init__(self, step: str, seconds: float, log: Path) -> None:
        super().__init__(
            f"The step '{step}' did not end within {seconds:.0f} s and was stopped.",
            f"See {log}; running the same command again goes on from there.",
            exit_code=_DEPLOY_FAILED,
        )


class NoAnswerError(SandboxError):
    """The agent is deployed and did not answer."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(
            f"The agent at {url} gave no answer: {why}",
            "See `langsmith-sandbox logs ingress`, and the agent's Pod with kubectl.",
            exit_code=_UNPROVEN,
        )


class UnreachableError(SandboxError):
    """A part of the sandbox did not say what is left in it."""

    def __init__(self, url: str, why: str) -> None:
        super().__init__(f"{url} did not answer: {why}", "See `langsmith-sandbox status`.")


class LeftoversError(SandboxError):
    """Something is still there that should be gone."""

    def __init__(self, found: list[str]) -> None:
        listed = "\n".join(f"  {item}" for item in found)
        super().__init__(
            f"These are left over:\n{listed}",
            "Run `make down` again; `langsmith-sandbox reset` deletes the sandbox with all of it.",
            exit_code=_LEFT_OVERS,
        )
        self.found = found
