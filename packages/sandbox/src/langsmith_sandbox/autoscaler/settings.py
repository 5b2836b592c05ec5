"""The autoscaler's command line: the flags the chart gives it, as the real program takes them."""

from __future__ import annotations

import argparse
import dataclasses
import datetime as dt
import re
from collections.abc import Sequence

_DURATION = re.compile(r"(?:(?P<hours>\d+)h)?(?:(?P<minutes>\d+)m)?(?:(?P<seconds>\d+)s)?")
_DISCOVERY = re.compile(r"asg:tag=(?P<tags>[^,]+(?:,[^,]+)*)")
# Flags that change nothing here, which the real program takes all the same.
_WITHOUT_EFFECT = (
    "balance-similar-node-groups",
    "expander",
    "leader-elect",
    "logtostderr",
    "skip-nodes-with-local-storage",
    "skip-nodes-with-system-pods",
    "stderrthreshold",
    "v",
)


@dataclasses.dataclass(frozen=True)
class Settings:
    """What it was told.

    Attributes:
        tags: Keys every Auto Scaling group it looks after carries.
        scan_interval: Between two looks.
        unneeded_time: How long a node must have been idle before it goes.
        delay_after_add: How long after a node was added none goes.
    """

    tags: tuple[str, ...]
    scan_interval: dt.timedelta
    unneeded_time: dt.timedelta
    delay_after_add: dt.timedelta


def parse(argv: Sequence[str]) -> Settings:
    """Read the flags; an unknown or unusable one ends the program with its usage, as the real one does."""
    parser = argparse.ArgumentParser(prog="cluster-autoscaler", allow_abbrev=False)
    parser.add_argument("--cloud-provider", choices=["aws"], required=True)
    parser.add_argument("--namespace", default="kube-system")
    parser.add_argument("--node-group-auto-discovery", type=_tags, required=True)
    parser.add_argument("--scan-interval", type=_duration, default="10s")
    parser.add_argument("--scale-down-unneeded-time", type=_duration, default="10m")
    parser.add_argument("--scale-down-delay-after-add", type=_duration, default="10m")
    for name in _WITHOUT_EFFECT:
        parser.add_argument(f"--{name}")
    given = parser.parse_args(argv)
    return Settings(
        given.node_group_auto_discovery,
        given.scan_interval,
        given.scale_down_unneeded_time,
        given.scale_down_delay_after_add,
    )


def _tags(text: str) -> tuple[str, ...]:
    found = _DISCOVERY.fullmatch(text)
    if found is None:
        raise argparse.ArgumentTypeError(f"unsupported discovery spec {text!r}; expected asg:tag=KEY,KEY")
    return tuple(found["tags"].split(","))


def _duration(text: str) -> dt.timedelta:
    """A duration as Go writes it, like ``1h30m`` or ``10s``."""
    found = _DURATION.fullmatch(text)
    if not text or found is None:
        raise argparse.ArgumentTypeError(f"invalid duration {text!r}")
    return dt.timedelta(**{unit: int(amount) for unit, amount in found.groupdict().items() if amount})
