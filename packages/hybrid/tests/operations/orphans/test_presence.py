"""Whether a thing is there is asked of its own service, in that service's words."""

from __future__ import annotations

from typing import Any

import botocore.session
import jmespath
import pytest
from botocore import xform_name
from operations.fakes import FakeAws, refusal
from operations.orphans.account import arn

from langsmith_hybrid.operations.errors import AccessExpiredError
from langsmith_hybrid.operations.orphans.found import Found
from langsmith_hybrid.operations.orphans.presence import _QUESTIONS, Presence, presence

_MODELS = botocore.session.Session()


def asked(kind: str, resource: str, answer: Any) -> Presence:
    found = Found(kind, resource, arn("x", resource))
    question = _QUESTIONS[kind]
    return presence(FakeAws({(question.service, question.operation): answer}), found)


@pytest.mark.parametrize(
    "code",
    [
        "InvalidVpcID.NotFound",
        "NatGatewayNotFound",
        "DBInstanceNotFound",
        "DBSubnetGroupNotFoundFault",
        "ResourceNotFoundException",
        "RepositoryNotFoundException",
        "NoSuchBucket",
        "404",
    ],
)
def test_every_services_word_for_not_there_is_understood(code: str) -> None:
    assert asked("ec2:vpc", "vpc-1", refusal(code)) is Presence.GONE


def test_a_refusal_leaves_a_thing_where_it_was_listed() -> None:
    assert asked("ec2:vpc", "vpc-1", refusal("UnauthorizedOperation")) is Presence.STAYS


def test_a_session_that_is_over_says_nothing_about_a_thing() -> None:
    with pytest.raises(AccessExpiredError):
        asked("ec2:vpc", "vpc-1", refusal("ExpiredToken"))


@pytest.mark.parametrize(
    ("kind", "answer", "expected"),
    [
        ("ec2:instance", {"Reservations": [{"Instances": [{"State": {"Name": "running"}}]}]}, Presence.STAYS),
        ("ec2:instance", {"Reservations": [{"Instances": [{"State": {"Name": "terminated"}}]}]}, Presence.GONE),
        ("ec2:instance", {"Reservations": []}, Presence.GONE),
        ("ec2:natgateway", {"NatGateways": [{"State": "deleted"}]}, Presence.GONE),
        ("ec2:natgateway", {"NatGateways": [{"State": "failed"}]}, Presence.STAYS),
        ("ec2:prefix-list", {"PrefixLists": [{"State": "delete-in-progress"}]}, Presence.GONE),
        ("eks:cluster", {"cluster": {"status": "DELETING"}}, Presence.GONE),
        ("eks:cluster", {"cluster": {"status": "FAILED"}}, Presence.STAYS),
        ("kms:key", {"KeyMetadata": {"KeyState": "PendingDeletion"}}, Presence.WAITING),
        ("kms:key", {"KeyMetadata": {"KeyState": "Disabled"}}, Presence.STAYS),
        ("secretsmanager:secret", {"Name": "a", "DeletedDate": "2026-11-23"}, Presence.WAITING),
        ("secretsmanager:secret", {"Name": "a"}, Presence.STAYS),
        ("s3:bucket", {}, Presence.STAYS),
    ],
)
def test_what_is_on_its_way_out_is_not_there(kind: str, answer: dict[str, Any], expected: Presence) -> None:
    assert asked(kind, "a", answer) is expected


def test_a_part_is_there_as_long_as_what_it_is_a_part_of() -> None:
    aws = FakeAws({("eks", "describe_cluster"): refusal("ResourceNotFoundException")})
    assert presence(aws, Found("eks:addon", "agents-dev/coredns/1", "")) is Presence.GONE
    assert aws.asked == [("eks", "describe_cluster", {"name": "agents-dev"})]


def test_a_type_that_nobody_can_be_asked_about_is_there() -> None:
    assert presence(FakeAws(), Found("new:thing", "1", "")) is Presence.STAYS


@pytest.mark.parametrize("kind", sorted(_QUESTIONS))
def test_every_question_is_one_its_service_knows(kind: str) -> None:
    question = _QUESTIONS[kind]
    service: Any = _MODELS.get_service_model(question.service)
    operations = {xform_name(name): service.operation_model(name) for name in service.operation_names}
    operation = operations[question.operation]
    wanted = operation.input_shape.members[question.parameter]
    assert (wanted.type_name == "list") is question.many
    jmespath.compile(question.state)
    first = question.state.partition("[")[0].partition(".")[0].partition(" ")[0]
    assert first == "'there'" or first in operation.output_shape.members, "no answer would have a state"
