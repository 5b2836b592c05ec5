"""Numbered databases: nobody is ever given one that another has had."""

from __future__ import annotations

import pytest

from langsmith_hybrid.agent_stores_job.errors import JobError
from langsmith_hybrid.agent_stores_job.redis_slots import Token, assign
from langsmith_hybrid.agent_stores_job.request import RedisServer


@pytest.mark.parametrize(
    ("taken", "agents", "expected"),
    [
        ({}, ["a", "b"], {"a": 1, "b": 2}),
        ({"a": 1, "b": 2}, ["a", "b"], {"a": 1, "b": 2}),
        ({"a": 1, "c": 3}, ["a", "c", "b"], {"a": 1, "b": 2, "c": 3}),
        ({"gone": 1}, ["new"], {"gone": 1, "new": 2}),
        ({"gone": 1}, ["gone"], {"gone": 1}),
    ],
    ids=["from one on", "as they were", "the lowest free one", "not that of one that is gone", "a returning agent's"],
)
def test_each_agent_has_the_lowest_free_number_for_good(
    taken: dict[str, int], agents: list[str], expected: dict[str, int]
) -> None:
    before = dict(taken)
    assert assign(taken, agents, 16) == expected
    assert taken == before, "what was read is still what was read"


def test_database_zero_is_the_listeners_and_the_last_one_is_used() -> None:
    assert assign({}, ["a"], 2) == {"a": 1}
    with pytest.raises(JobError, match="none is left for agent b"):
        assign({}, ["a", "b"], 2)


def test_the_uri_speaks_tls_and_names_the_number() -> None:
    token = Token("5ec2e7")
    assert token.uri(RedisServer("cache.example:6379", 16), 3) == "rediss://:5ec2e7@cache.example:6379/3"
    assert "5ec2e7" not in repr(token)
