"""AWS credentials: whose they are, and whether they outlive a first `pulumi up`."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator, Mapping

from langsmith_hybrid.operations.aws import Aws
from langsmith_hybrid.operations.doctor.findings import Finding, fail, ok, unknown, warn
from langsmith_hybrid.operations.doctor.session_life import Life, life_of
from langsmith_hybrid.operations.errors import AccessExpiredError

CHECK = "aws-credentials"
# A first update takes 25 to 30 minutes, of which the cluster is 15 to 20.
_FIRST_UP = dt.timedelta(minutes=30)


def findings(aws: Aws, *, has_cluster: bool, environ: Mapping[str, str], now: dt.datetime) -> Iterator[Finding]:
    """Who asks, and for how long.

    Raises:
        AccessError: There are no credentials, or AWS does not know them.
        AccessExpiredError: They are over.
    """
    life = life_of(aws, environ)
    again = f"Run `{life.renew}`" if life.renew else "Get new credentials"
    if life.ends is not None and life.ends <= now:
        yield fail(CHECK, f"The AWS credentials ended at {life.ends:%H:%M %Z}.", f"{again}.", AccessExpiredError)
        return
    caller = aws.ask("sts", "get_caller_identity")
    who = f"{caller['Arn']} in account {caller['Account']}"
    if life.ends is None:
        yield _without_end(who, life, again, has_cluster=has_cluster)
        return
    left = life.ends - now
    what = f"{who}; the credentials end in {_spoken(left)}."
    if left < _FIRST_UP and not has_cluster:
        yield warn(CHECK, f"{what[:-1]}, and a first `pulumi up` takes 25 to 30 minutes.", f"{again} first.")
    else:
        yield ok(CHECK, what)


def _without_end(who: str, life: Life, again: str, *, has_cluster: bool) -> Finding:
    what = f"{who}; {life.says}."
    if life.known or has_cluster:
        return ok(CHECK, what)
    return unknown(CHECK, what, f"{again} first if they are old: a first `pulumi up` takes 25 to 30 minutes.")


def _spoken(left: dt.timedelta) -> str:
    minutes = int(left.total_seconds() // 60)
    hours, minutes = divmod(minutes, 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
