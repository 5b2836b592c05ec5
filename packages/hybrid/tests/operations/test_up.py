"""`pulumi up` with care around it: nothing is begun that cannot end well, and a failure is explained."""

from __future__ import annotations

from pathlib import Path

import pytest
from operations.fakes import FakeAws, FakePulumi, refusal

from langsmith_hybrid.operations.doctor import Finding, Findings
from langsmith_hybrid.operations.doctor.findings import fail, ok, warn
from langsmith_hybrid.operations.errors import (
    AccessError,
    AccessExpiredError,
    AwsError,
    EngineFailedError,
    PreflightError,
)
from langsmith_hybrid.operations.up import up

CALLER = ("sts", "get_caller_identity")
ARN = {"Arn": "arn:aws:iam::111122223333:user/operator"}
WARNED = warn("state", "An interrupted run was here.", "Go on.")


def _finds(*findings: Finding):
    return lambda _stack, _aws: Findings(findings)


def test_what_stands_in_the_way_is_found_before_pulumi_is_asked(tmp_path: Path) -> None:
    pulumi = FakePulumi()
    with pytest.raises(PreflightError, match="no key of this program"):
        up(
            pulumi.stack(tmp_path),
            aws=FakeAws(),
            look=_finds(fail("configuration", "It is no key of this program.", "Remove it.")),
        )
    assert pulumi.performed == [], "nothing was changed"


def test_whoever_calls_may_go_on_regardless_and_passes_on_what_pulumi_takes(tmp_path: Path) -> None:
    pulumi = FakePulumi()
    up(pulumi.stack(tmp_path), arguments=["--yes", "--refresh"], aws=FakeAws(), look=None)
    assert pulumi.performed == [["up", "--stack", "dev", "--parallel", "64", "--yes", "--refresh"]]


def test_a_warning_is_told_and_keeps_nobody_from_going_on(tmp_path: Path) -> None:
    pulumi, told = FakePulumi(), list[Finding]()
    up(pulumi.stack(tmp_path), aws=FakeAws(), look=_finds(ok("pulumi", "It is new."), WARNED), warn=told.append)
    assert told == [WARNED]
    assert pulumi.performed


def test_a_session_that_ends_half_way_is_told_apart_from_other_failures(tmp_path: Path) -> None:
    pulumi = FakePulumi(ends={"up": 255})
    aws = FakeAws({CALLER: refusal("ExpiredToken")})
    with pytest.raises(
        AccessExpiredError, match=r"while `pulumi up` was at work.* goes on where this one ended"
    ) as told:
        up(pulumi.stack(tmp_path), aws=aws, look=None)
    assert told.value.exit_code == 41


def test_credentials_that_are_refused_half_way_are_the_reason(tmp_path: Path) -> None:
    aws = FakeAws({CALLER: refusal("InvalidClientTokenId")})
    with pytest.raises(AccessError, match=r"`pulumi up` failed\. AWS does not know these credentials") as told:
        up(FakePulumi(ends={"up": 255}).stack(tmp_path), aws=aws, look=None)
    assert told.value.exit_code == 40


@pytest.mark.parametrize("answer", [ARN, AwsError("AWS did not answer.", "Check the network.")])
def test_any_other_failure_is_pulumis_to_explain(tmp_path: Path, answer: object) -> None:
    pulumi = FakePulumi(ends={"up": 255})
    with pytest.raises(EngineFailedError, match=r"`pulumi up` ended with 255, for the reason it gives above\. Mend"):
        up(pulumi.stack(tmp_path), aws=FakeAws({CALLER: answer}), look=None)
