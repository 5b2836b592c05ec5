"""What others take away of our last deploy is named, and nothing that is still there or not ours."""

from __future__ import annotations

import pytest

from langsmith_client.environment.departure import taken_away, told
from langsmith_client.environment.record import DeployedReferences, DeployedVariables, Record, with_record
from langsmith_client.target.protocol import Deployment, SecretReference

OURS = with_record({}, Record(DeployedVariables.of({"A": "1", "B": "2"}), DeployedReferences({"C": "secret:key"})))
C = SecretReference("C", "secret", "key")


@pytest.mark.parametrize(
    ("resources", "environment", "references", "gone"),
    [
        pytest.param(OURS, {"A": "1", "B": "2"}, (C,), (), id="all there"),
        pytest.param(OURS, {"A": "changed", "B": None, "X": "theirs"}, (C,), (), id="changed, hidden, more"),
        pytest.param(OURS, {"A": "1"}, (), ("B", "C"), id="two taken away"),
        pytest.param(OURS, {"A": "1", "C": "3"}, (SecretReference("B", "s", "k"),), (), id="another kind now"),
        pytest.param(OURS, {}, (C,), (), id="variables not shown at all"),
        pytest.param({}, {"A": "1"}, (), (), id="never deployed by us"),
    ],
)
def test_names_that_were_ours_and_are_gone(resources, environment, references, gone):
    there = Deployment("d1", "greeter", {}, None, environment, resources, references=references)
    assert taken_away(there) == gone


def test_it_is_told_by_name_alone():
    assert told(("B", "C")).startswith("B, C were deployed with this client and taken away since")
