"""The words the tables use beside JMESPath's own, and comparisons by meaning."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_sandbox.providers.aws.documents import same_meaning
from langsmith_sandbox.providers.aws.expressions import arn, evaluate, joined

DOCUMENT: dict[str, Any] = {
    "id": "cluster:node:group",
    "partition": "aws",
    "region": "eu-west-1",
    "account": "123456789012",
    "items": [{"name": "a"}, {"name": "b"}],
    "others": [{"name": "b"}],
    "name": "b",
    "version": "7.1.0",
}


@pytest.mark.parametrize(
    ("expression", "value"),
    [
        ("part(id, ':', `0`)", "cluster"),
        ("part(id, ':', `5`)", None),
        ("having(items, 'name', name)", {"name": "b"}),
        ("having(missing, 'name', name)", None),
        ("having(items, 'name', missing)", None),
        ("minus(items, others)", [{"name": "a"}]),
        ("minus(others, items)", None),
        ("minus_by(items, others, 'name')", [{"name": "a"}]),
        ("subtract(length(items), `1`)", 1),
        ("version_of(version, '7.1')", "7.1"),
        ("version_of(version, '7')", "7"),
        ("version_of(version, '7.10')", "7.1.0"),
        (arn("ec2", joined("'vpc/'", "name")), "arn:aws:ec2:eu-west-1:123456789012:vpc/b"),
    ],
)
def test_an_expression_has_its_value(expression: str, value: Any) -> None:
    assert evaluate(expression, DOCUMENT) == value


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ('{"Action": ["a"]}', '{"Action": "a"}', True),
        ('{"Action": ["a", "b"]}', '{ "Action": ["b", "a"] }', True),
        ('{"Action": ["a", "b"]}', '{"Action": ["a"]}', False),
        ("not json", "not json", True),
        ("not json", "{}", False),
    ],
)
def test_documents_are_compared_by_what_they_say(one: str, other: str, same: bool) -> None:
    assert same_meaning(one, other) is same
