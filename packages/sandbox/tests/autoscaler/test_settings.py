"""The flags of the autoscaler are those of the real program."""

from __future__ import annotations

import datetime as dt

import pytest

from langsmith_sandbox.autoscaler.settings import parse

REQUIRED = ("--cloud-provider=aws", "--node-group-auto-discovery=asg:tag=k8s.io/cluster-autoscaler/enabled,x")


def test_durations_are_gos_and_default_to_the_real_programs():
    settings = parse((*REQUIRED, "--scale-down-unneeded-time=1h30m", "--expander=least-waste", "--v=4"))
    assert settings.unneeded_time == dt.timedelta(hours=1, minutes=30)
    assert settings.delay_after_add == dt.timedelta(minutes=10)
    assert settings.scan_interval == dt.timedelta(seconds=10)
    assert settings.tags == ("k8s.io/cluster-autoscaler/enabled", "x")


@pytest.mark.parametrize(
    ("flag", "said"),
    [
        ("--scale-down-uneeded-time=1m", "unrecognized arguments"),
        ("--scan-interval=10", "invalid duration '10'"),
        ("--cloud-provider=gce", "invalid choice"),
        ("--node-group-auto-discovery=mig:namePrefix=x", "unsupported discovery spec"),
    ],
)
def test_what_the_program_would_not_take_ends_it(flag: str, said: str, capsys: pytest.CaptureFixture[str]):
    with pytest.raises(SystemExit):
        parse((*REQUIRED, flag))
    assert said in capsys.readouterr().err
