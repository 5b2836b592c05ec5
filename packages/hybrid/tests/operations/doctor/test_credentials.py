"""Whose credentials they are, and whether they outlive a first update."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable

import pytest
from operations.doctor.world import World

from langsmith_hybrid.operations.doctor import Finding, State, credentials
from langsmith_hybrid.operations.doctor.session_life import Life
from langsmith_hybrid.operations.errors import AccessExpiredError

Found = Callable[..., Finding]

NOW = dt.datetime(2026, 11, 20, 12, 0, tzinfo=dt.UTC)


@pytest.fixture
def found(world: World, monkeypatch: pytest.MonkeyPatch) -> Found:
    """What is found of credentials with this life."""

    def look(life: Life, *, has_cluster: bool = False) -> Finding:
        monkeypatch.setattr(credentials, "life_of", lambda *_: life)
        (finding,) = credentials.findings(world.aws, has_cluster=has_cluster, environ={}, now=NOW)
        return finding

    return look


def ending(minutes: int, renew: str = "") -> Life:
    return Life("", NOW + dt.timedelta(minutes=minutes), renew=renew)


def test_it_says_whose_they_are(found: Found) -> None:
    finding = found(Life("they do not expire"))
    assert finding.state is State.OK
    assert finding.what == "arn:aws:iam::111122223333:user/ops in account 111122223333; they do not expire."


def test_less_than_a_first_update_takes_is_a_warning_with_the_command(found: Found) -> None:
    finding = found(ending(29, "aws sso login --profile acme"))
    assert finding.state is State.WARN
    assert "29 min" in finding.what
    assert finding.remedy == "Run `aws sso login --profile acme` first."


def test_what_is_left_is_enough_where_the_cluster_stands(found: Found) -> None:
    assert found(ending(29), has_cluster=True).state is State.OK


def test_more_than_a_first_update_takes_is_well(found: Found) -> None:
    finding = found(ending(95))
    assert finding.state is State.OK
    assert "1 h 35 min" in finding.what


def test_credentials_that_are_over_are_not_tried(found: Found, world: World) -> None:
    finding = found(ending(0, "aws sso login --profile acme"))
    assert (finding.state, finding.error) == (State.FAIL, AccessExpiredError)
    assert "aws sso login --profile acme" in finding.remedy
    assert world.aws.asked == [], "AWS would only say what is known already"


def test_credentials_that_do_not_say_until_when_are_unknown_before_a_first_update_alone(found: Found) -> None:
    temporary = Life("they are temporary, and do not say until when", known=False)
    assert found(temporary).state is State.UNKNOWN
    assert found(temporary, has_cluster=True).state is State.OK
