"""Resource fields from flags."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.resources import resource_fields, resource_table
from langsmith_client.toml_table import Table


def test_values_have_the_type_of_their_field():
    assert resource_fields(["cpu=0.5", "min_scale=2", "service_account_name=agent"], ["regcred"]) == {
        "cpu": 0.5,
        "min_scale": 2,
        "service_account_name": "agent",
        "image_pull_secrets": [{"name": "regcred"}],
    }


def test_nothing_asked_for_is_nothing_sent():
    assert resource_fields([]) == {}


def test_unknown_fields_and_bad_numbers_are_told_together_with_a_suggestion():
    with pytest.raises(ProjectError) as caught:
        resource_fields(["memory=512", "min_scale=many", "cpus=1"])
    assert len(caught.value.problems) == 3
    assert "did you mean 'cpu'?" in caught.value.what


@pytest.mark.parametrize(
    ("pair", "problem"),
    [
        ("cpu=nan", "must be a positive number"),
        ("db_cpu=inf", "must be a positive number"),
        ("memory_mb=-1", "must be a positive number"),
        ("cpu=0", "must be between 0.1 and 8"),
        ("cpu=8.5", "must be between 0.1 and 8"),
        ("cpu_limit=17", "must be between 0.1 and 16"),
        ("cpu=0.25", "one decimal"),
        ("service_account_name=", "is empty"),
    ],
)
def test_a_value_the_control_plane_would_refuse_or_change_is_refused_before(pair, problem):
    with pytest.raises(ProjectError, match=problem):
        resource_fields([pair])


def test_the_limits_themselves_are_good():
    fields = resource_fields(["cpu=0.1", "cpu_limit=16", "queue_cpu=8", "min_scale=0"])
    assert fields == {"cpu": 0.1, "cpu_limit": 16.0, "queue_cpu": 8.0, "min_scale": 0}


def test_a_table_is_held_to_the_same_limits():
    problems: list[str] = []
    resource_table(Table({"cpu": 0.25, "memory_mb": 512}, "agents.greeter.resources", problems))
    assert problems == ["`agents.greeter.resources.cpu` may have one decimal only."]
