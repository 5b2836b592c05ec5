"""When a stack is told that its Kubernetes version is about to cost more."""

from __future__ import annotations

import datetime as dt

import pytest

from langsmith_hybrid import config, eks_versions

END = eks_versions.END_OF_STANDARD_SUPPORT["1.35"]


@pytest.mark.parametrize(
    ("days_before_the_end", "said"), [(200, None), (91, None), (90, "ends on"), (0, "ends on"), (-1, "ended on")]
)
def test_notice_is_given_ninety_days_before_the_end(days_before_the_end: int, said: str | None) -> None:
    text = eks_versions.notice("1.35", END - dt.timedelta(days=days_before_the_end))
    assert (text is None) if said is None else (text is not None and f"{said} {END}" in text)


def test_the_notice_names_the_next_version_or_the_way_to_one() -> None:
    assert "Set eksClusterVersion to 1.36." in (eks_versions.notice("1.35", END) or "")
    newest = max(eks_versions.END_OF_STANDARD_SUPPORT.values())
    assert "Upgrade this package" in (eks_versions.notice("1.36", newest) or "")


def test_every_version_has_an_autoscaler_of_its_own_minor() -> None:
    """It foretells what the scheduler of its own minor version would do."""
    releases = eks_versions.AUTOSCALER_RELEASES
    assert releases.keys() == eks_versions.END_OF_STANDARD_SUPPORT.keys()
    assert all(release.startswith(f"{version}.") for version, release in releases.items())


def test_the_default_version_is_one_of_those_known() -> None:
    assert config._EKS_CLUSTER_VERSION in eks_versions.END_OF_STANDARD_SUPPORT
