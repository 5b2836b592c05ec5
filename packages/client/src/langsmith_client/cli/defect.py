"""When an error nobody expected ends the program."""

from __future__ import annotations

import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client.errors import ClientError

if TYPE_CHECKING:
    from collections.abc import Sequence


def tell(error: Exception, arguments: Sequence[str]) -> None:
    """Say where it happened; its own text is not shown, since it may quote a secret.

    With --verbose among the `arguments` the frames are told too: files and lines, no values. With --json the error is
    an event like any other.
    """
    from langsmith_client.progress import JsonReporter, PlainReporter

    frames = traceback.extract_tb(error.__traceback__)
    place = f"{Path(frames[-1].filename).name}, line {frames[-1].lineno}"
    defect = ClientError(
        f"{type(error).__name__} in {place}: this is a defect of langsmith-client.",
        "Run the command again with --verbose, and report what it prints.",
    )
    if "--verbose" in arguments:
        sys.stderr.writelines(f"  {frame.filename}:{frame.lineno} in {frame.name}\n" for frame in frames)
    reporter = JsonReporter(sys.stdout) if "--json" in arguments else PlainReporter(sys.stdout, sys.stderr)
    reporter.fail(defect)
