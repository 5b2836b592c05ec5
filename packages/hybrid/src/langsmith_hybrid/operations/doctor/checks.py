"""Running checks side by side: each ends as a finding, whatever happens in it."""

from __future__ import annotations

import concurrent.futures
import dataclasses
from collections.abc import Callable, Iterable, Sequence

from langsmith_hybrid.operations.doctor.findings import Finding, fail, unknown
from langsmith_hybrid.operations.errors import AccessError, AwsError, OperationError

# They wait for answers; more at once would be throttled, by AWS above all.
_AT_ONCE = 8


@dataclasses.dataclass(frozen=True)
class Check:
    """One thing to look at.

    Attributes:
        name: What its findings are called.
        look: Looks at it; raises an `OperationError` where something refuses to answer.
    """

    name: str
    look: Callable[[], Iterable[Finding]]


def run(checks: Sequence[Check]) -> list[Finding]:
    """The findings of all checks, in the order of the checks."""
    if not checks:
        return []
    with concurrent.futures.ThreadPoolExecutor(min(_AT_ONCE, len(checks))) as pool:
        return [finding for findings in pool.map(_look, checks) for finding in findings]


def _look(check: Check) -> list[Finding]:
    try:
        return list(check.look())
    except AccessError as error:
        return [fail(check.name, error.what, error.remedy, type(error))]
    except AwsError as error:
        return [unknown(check.name, error.what, error.remedy)]
    except OperationError as error:
        return [fail(check.name, error.what, error.remedy)]
    except Exception as error:  # noqa: BLE001 - a check that breaks must not hide what the others find
        what = f"This could not be looked at: the check itself ended with {type(error).__name__}."
        return [unknown(check.name, what, "Report it; `pulumi up` does not depend on it.")]
