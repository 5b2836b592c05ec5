"""Names are refused early, with every reason at once."""

from __future__ import annotations

import pytest

from langsmith_client.names import name_problems


@pytest.mark.parametrize("name", ["a", "hello-world-graph", "a" * 21, "agent-2"])
def test_a_name_that_kubernetes_and_keda_take_has_no_problems(name):
    assert name_problems(name) == []


def test_twenty_two_characters_are_refused_with_the_reason():
    (problem,) = name_problems("a" * 22)
    assert "22 characters" in problem
    assert "KEDA" in problem, "the limit looks arbitrary unless its cause is named"


def test_all_problems_of_a_name_are_told_at_once():
    assert len(name_problems("9_Agent_With_A_Very_Long_Name-")) == 4
