"""What can go wrong while the tools are made ready."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langsmith_sandbox.errors import SandboxError

if TYPE_CHECKING:
    from pathlib import Path

_BUILD_FAILED = 10  # the exit code of a failed build, in both CLIs


class ToolchainError(SandboxError):
    """A tool the sandbox needs is not there and could not be made."""

    def __init__(self, what: str, remedy: str) -> None:
        super().__init__(what, remedy, exit_code=_BUILD_FAILED)


class SourcesNotFoundError(ToolchainError):
    """The folder with the pinned Go modules is nowhere above the working folder or the installed package."""

    def __init__(self, looked_from: tuple[Path, ...]) -> None:
        places = " or ".join(str(place) for place in looked_from)
        super().__init__(
            f"No toolchain/ folder with the pinned tools was found above {places}.",
            "Run the command inside a clone of the repository.",
        )


class GoMissingError(ToolchainError):
    """Something must be built and there is no Go on PATH."""

    def __init__(self, tool: str) -> None:
        super().__init__(
            f"{tool} has to be built once, and no Go compiler is on PATH.",
            "Install Go 1.26 or newer (https://go.dev/dl) and run the command again.",
        )


class GoUnfitError(ToolchainError):
    """The Go on PATH refuses the module, mostly because it is too old."""

    def __init__(self, tool: str, says: str) -> None:
        super().__init__(
            f"The Go compiler on PATH cannot build {tool}: {says}",
            "Install Go 1.26 or newer (https://go.dev/dl) and run the command again.",
        )


class BuildFailedError(ToolchainError):
    """A build command ended with an error."""

    def __init__(self, tool: str, log: Path, last_lines: str) -> None:
        super().__init__(
            f"Building {tool} failed: {last_lines}",
            f"The whole output is in {log}; mend the cause and run the command again.",
        )
        self.log = log
