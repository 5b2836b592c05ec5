"""Whether a deploy goes back to an older commit. That may be meant, so it is no error; but it is not done in silence.

The common way to it is a job of CI that had to wait, and starts after the one of a later commit has ended.
"""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.identity import Identity


def going_back(running: Identity, wanted: Identity) -> str | None:
    """A note where `wanted` is of an earlier commit than what runs; None where it is not, or nobody can say.

    The time of a commit decides, since a job's clone need not have commits made after it began.
    """
    before, after = _time(running), _time(wanted)
    if before is None or after is None or after >= before:
        return None
    return f"This goes back: {running.shown} runs, whose commit is of {before}, and {wanted.shown} is of {after}."


def _time(identity: Identity) -> dt.datetime | None:
    """When the commit was made; None without a commit, whatever time its image was given."""
    if identity.commit is None or identity.created is None:
        return None
    try:
        time = dt.datetime.fromisoformat(identity.created)
    except ValueError:  # a label that anyone may have written
        return None
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)
