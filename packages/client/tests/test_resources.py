"""Resource fields from flags."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.resources import resource_fields


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
