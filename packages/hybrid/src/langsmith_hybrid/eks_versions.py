"""Kubernetes versions on EKS, and until when they can be run without extra charge."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping

# Versions this program is made for, with the end of their standard support (EKS release calendar, November 2026).
# Afterwards a cluster with `upgrade_policy` STANDARD is upgraded by AWS, ready or not.
END_OF_STANDARD_SUPPORT: Mapping[str, dt.date] = {
    "1.35": dt.date(2027, 3, 27),
    "1.36": dt.date(2027, 8, 2),
}
# The newest release of the cluster autoscaler for each (github.com/kubernetes/autoscaler/releases, November 2026).
AUTOSCALER_RELEASES: Mapping[str, str] = {"1.35": "1.35.2", "1.36": "1.36.1"}
_NOTICE = dt.timedelta(days=90)


def notice(version: str, today: dt.date) -> str | None:
    """What to tell whoever deploys, from 90 days before a version's standard support ends; None before."""
    end = END_OF_STANDARD_SUPPORT[version]
    if today < end - _NOTICE:
        return None
    newer = [each for each, its_end in END_OF_STANDARD_SUPPORT.items() if its_end > end]
    happens = "ended" if end < today else "ends"
    remedy = f"Set eksClusterVersion to {newer[0]}." if newer else "Upgrade this package: it will know a newer version."
    return f"Standard support of EKS {version} {happens} on {end}; AWS then upgrades the cluster by itself. {remedy}"
