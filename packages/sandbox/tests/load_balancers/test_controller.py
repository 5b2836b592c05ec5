"""The program's settings: what its chart passes on, and what it cannot do without."""

from __future__ import annotations

from pathlib import Path

import pytest

from langsmith_sandbox.data_plane.errors import SettingsError
from langsmith_sandbox.load_balancers.controller import Settings

FLAGS = {
    "cluster-name": "prod",
    "ingress-class": "alb",
    "aws-region": "us-east-1",
    "aws-vpc-id": "vpc-1",
    "default-load-balancer-scheme": "internal",
    "default-tags": "owner=platform,langsmith-hybrid:stack=a/b",
    "log-level": "info",
}
ENVIRONMENT = {"KUBECONFIG": "/pod/kubeconfig", "LANGSMITH_SANDBOX_POD_IP": "127.9.9.9"}


def read(**changes: str) -> Settings:
    return Settings.read([f"--{flag}={changes.get(flag, value)}" for flag, value in FLAGS.items()], ENVIRONMENT)


def test_settings_come_from_the_charts_flags() -> None:
    assert read() == Settings(
        cluster="prod",
        region="us-east-1",
        vpc_id="vpc-1",
        scheme="internal",
        tags={"owner": "platform", "langsmith-hybrid:stack": "a/b"},
        kubeconfig=Path("/pod/kubeconfig"),
        address="127.9.9.9",
    )


@pytest.mark.parametrize(("flag", "value"), [("aws-region", "region"), ("aws-vpc-id", "vpcId")])
def test_what_only_the_instance_could_tell_must_be_given(flag: str, value: str) -> None:
    with pytest.raises(SettingsError, match=f"one hop too far from a Pod. Set the chart's value {value}"):
        read(**{flag: ""})
