"""From the word a service has for something's state to a finding."""

from __future__ import annotations

import contextlib
from collections.abc import Collection, Iterator

from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, warn
from langsmith_hybrid.operations.errors import AwsError


def judged(check: str, what: str, status: str, *, well: str, in_between: Collection[str]) -> Finding:
    """Whether a state is the one to be in, one that passes, or one that somebody has to look at."""
    if status == well:
        return ok(check, f"{what} is {status}.")
    if status in in_between:
        return warn(check, f"{what} is {status}.", "Look again when it is done.")
    return fail(check, f"{what} is {status}.", "Look at its events in the AWS console.")


@contextlib.contextmanager
def gone(check: str, what: str, *codes: str) -> Iterator[list[Finding]]:
    """Take an answer with one of these codes for a finding, in the list it gives: the thing is in the state alone.

    Raises:
        AwsError: With any other code.
    """
    missing: list[Finding] = []
    try:
        yield missing
    except AwsError as error:
        if error.code not in codes:
            raise
        missing.append(fail(check, f"{what} does not exist any more.", "Run `pulumi up --refresh` to have it again."))
