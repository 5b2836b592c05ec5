"""Reserved names are those of the official client, and each is explained."""

from __future__ import annotations

import pytest
from langgraph_cli import deploy

from langsmith_client.environment.names import FOR_THE_CLIENT, PLATFORM_OWNED, variable_problems

SELF_HOSTED = {
    "LANGSMITH_API_KEY", "LANGSMITH_ENDPOINT", "POSTGRES_URI_CUSTOM", "REDIS_URI_CUSTOM", "PATH", "PORT",
    "MOUNT_PREFIX", "LSD_ENV", "LSD_DD_API_KEY", "LSD_DD_ENDPOINT", "LSD_DEPLOYMENT_TYPE",
}  # fmt: skip


def test_the_platforms_own_names_are_those_the_official_client_reserves_for_it():
    assert set(deploy.RESERVED_ENV_VARS) - SELF_HOSTED == PLATFORM_OWNED.keys()


@pytest.mark.parametrize("name", sorted(PLATFORM_OWNED | dict.fromkeys(FOR_THE_CLIENT)))
def test_a_reserved_name_is_refused_with_its_own_reason(name):
    (problem,) = variable_problems([name])
    assert name in problem
    assert PLATFORM_OWNED.get(name, "logs in") in problem


@pytest.mark.parametrize("name", sorted(SELF_HOSTED))
def test_the_names_a_self_hosted_data_plane_lets_through_may_be_set(name):
    assert variable_problems([name]) == []


def test_the_names_that_are_recommended_instead_may_be_set_themselves():
    text = " ".join(PLATFORM_OWNED.values()).replace(";", " ").replace(",", " ")
    named = {word for word in text.split() if "_" in word and word.isupper()}
    assert {"POSTGRES_URI_CUSTOM", "REDIS_URI_CUSTOM", "LANGSMITH_API_KEY", "LANGSMITH_TRACING"} <= named
    assert variable_problems(named) == []


@pytest.mark.parametrize("name", ["", "1A", "A-B", "A B", "A=B", "É"])
def test_what_no_shell_could_name_is_no_name(name):
    assert len(variable_problems([name])) == 1
