"""`--verbose`: what the packages of the client log, on standard error, whatever standard output is for."""

from __future__ import annotations

import contextlib
import logging
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_LOGGERS = ("langsmith_client", "langsmith_control_plane")


@contextlib.contextmanager
def telling_everything() -> Iterator[None]:
    """Show the log of our own packages; libraries stay silent, since theirs may quote headers."""
    handler = logging.StreamHandler(sys.stderr)
    handler.setFormatter(logging.Formatter("%(message)s"))
    loggers = [logging.getLogger(name) for name in _LOGGERS]
    for logger in loggers:
        logger.addHandler(handler)
        logger.setLevel(logging.DEBUG)
    try:
        yield
    finally:
        for logger in loggers:
            logger.removeHandler(handler)
            logger.setLevel(logging.NOTSET)


def tell(setting: str, value: object, source: str) -> None:
    """Say where a setting comes from, to whoever asked for it with --verbose."""
    logging.getLogger(__name__).info("%s: %s (from %s)", setting, value, source)
