"""An ARN says what kind of thing it names, and its id, in every spelling AWS has."""

from __future__ import annotations

import pytest
from operations.orphans.account import arn

from langsmith_hybrid.operations.orphans.found import Found, plain


@pytest.mark.parametrize(
    ("name", "kind", "resource_id"),
    [
        (arn("ec2", "subnet/subnet-1"), "ec2:subnet", "subnet-1"),
        (arn("rds", "snapshot:postgres-1a2b3c4-final"), "rds:snapshot", "postgres-1a2b3c4-final"),
        (arn("rds", "snapshot:rds:postgres-1a2b3c4-2026-11-23"), "rds:snapshot", "rds:postgres-1a2b3c4-2026-11-23"),
        (arn("eks", "nodegroup/c/n/1"), "eks:nodegroup", "c/n/1"),
        (arn("logs", "log-group:/aws/eks/c/cluster:*"), "logs:log-group", "/aws/eks/c/cluster"),
        (
            arn("elasticloadbalancing", "loadbalancer/app/a/1"),
            "elasticloadbalancing:loadbalancer",
            "app/a/1",
        ),
        ("arn:aws:s3:::a-bucket", "s3:bucket", "a-bucket"),
        (arn("sns", "a-topic"), "sns", "a-topic"),
        ("no arn", "unknown", "no arn"),
    ],
)
def test_an_arn_names_a_type_and_an_id(name: str, kind: str, resource_id: str) -> None:
    found = Found.by_arn(name, {})
    assert (found.type, found.id) == (kind, resource_id)


def test_a_log_groups_arn_is_the_states_whichever_api_says_it() -> None:
    assert Found.by_arn(arn("logs", "log-group:a:*"), {}).arn == arn("logs", "log-group:a")


def test_tags_are_plain_also_where_there_are_none() -> None:
    assert plain([{"Key": "a", "Value": "b"}, {"Key": "c"}]) == {"a": "b", "c": ""}
    assert plain(None) == {}
