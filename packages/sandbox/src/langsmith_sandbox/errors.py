"""Errors of the sandbox: each says what happened and what to do next."""

from __future__ import annotations


class SandboxError(Exception):
    """An error a user can meet.

    Args:
        what: One sentence on what happened, and to what.
        remedy: One sentence on what to do next.
        exit_code: Exit code of the command that reports it (see the architecture's table).
    """

    def __init__(self, what: str, remedy: str, *, exit_code: int = 1) -> None:
        super().__init__(f"{what} {remedy}")
        self.what = what
        self.remedy = remedy
        self.exit_code = exit_code
