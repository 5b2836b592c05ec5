"""The environment is merged, checked, and never printed."""

from __future__ import annotations

import pytest

from langsmith_client.environment import PLATFORM_OWNED, local_environment, merged_environment
from langsmith_client.errors import ConflictError, ProjectError
from langsmith_client.langgraph_json import LangGraphConfig


@pytest.fixture
def local(tmp_path):
    def read(env=None, text=None, env_file=None):
        if text is not None:
            (tmp_path / ".env").write_text(text, encoding="utf-8")
        config = LangGraphConfig(tmp_path / "langgraph.json", {} if env is None else {"env": env})
        return local_environment(config, env_file)

    return read


def test_the_platforms_own_names_are_those_the_official_client_reserves_for_it():
    from langgraph_cli import deploy

    self_hosted = {
        "LANGSMITH_API_KEY", "LANGSMITH_ENDPOINT", "POSTGRES_URI_CUSTOM", "REDIS_URI_CUSTOM", "PATH", "PORT",
        "MOUNT_PREFIX", "LSD_ENV", "LSD_DD_API_KEY", "LSD_DD_ENDPOINT", "LSD_DEPLOYMENT_TYPE",
    }  # fmt: skip
    assert set(deploy.RESERVED_ENV_VARS) - self_hosted == PLATFORM_OWNED


def test_a_map_and_a_file_are_both_understood(local):
    assert local({"A": "1", "B": 2}).values == {"A": "1", "B": "2"}
    assert local(".env", "A=1\n").values == {"A": "1"}


@pytest.mark.parametrize(
    ("line", "value"),
    [
        ("A=plain", "plain"),
        ("export A=exported", "exported"),
        ("A='single # kept'", "single # kept"),
        ('A="line\\nbreak"', "line\nbreak"),
        ("A=value # comment", "value"),
        ("A=pa#ss", "pa#ss"),
        ("A=a=b", "a=b"),
        ("  A =  spaced  ", "spaced"),
    ],
)
def test_lines_of_an_env_file_are_read_as_people_write_them(local, line, value):
    assert local(".env", f"# comment\n\n{line}\n").values == {"A": value}


def test_a_given_file_replaces_what_langgraph_json_names(local, tmp_path):
    other = tmp_path / "prod.env"
    other.write_text("B=2\n", encoding="utf-8")
    assert local({"A": "1"}, env_file=other).values == {"B": "2"}


def test_a_file_that_is_missing_here_is_noted_and_changes_nothing(local):
    found = local(".env")
    assert found.values == {}
    assert "keeps its environment" in found.notes[0], "in CI the file is often absent, and wiping would be wrong"


def test_variables_of_a_self_hosted_data_plane_may_be_set(local):
    values = {"POSTGRES_URI_CUSTOM": "postgres://x", "REDIS_URI_CUSTOM": "redis://x", "LANGSMITH_API_KEY": "k"}
    assert local(values).values == values


def test_names_the_platform_sets_are_refused_all_at_once_without_their_values(local):
    with pytest.raises(ProjectError) as caught:
        local({"DATABASE_URI": "s3cret", "LANGSMITH_HOST_REVISION_ID": "s3cret", "not a name": "s3cret"})
    assert len(caught.value.problems) == 3
    assert "s3cret" not in str(caught.value)


def test_our_own_login_never_becomes_a_secret_of_the_agent(local):
    found = local({"LANGGRAPH_HOST_API_KEY": "canary", "A": "1"})
    assert found.values == {"A": "1"}
    assert "canary" not in " ".join(found.notes) + repr(found)


def test_empty_values_are_left_out_and_named(local):
    found = local({"A": "", "B": "1"})
    assert found.values == {"B": "1"}
    assert "A" in found.notes[0]


def test_a_line_that_is_no_assignment_is_named_by_number_and_not_quoted(local):
    with pytest.raises(ProjectError, match="Line 2") as caught:
        local(".env", "A=1\nhalf-a-secret\n")
    assert "half-a-secret" not in str(caught.value)


def test_nothing_is_sent_when_every_local_value_is_there_already():
    assert merged_environment({"A": "1"}, {"A": "1", "REMOTE": "x"}) is None
    assert merged_environment({}, {"REMOTE": None}) is None


def test_variables_only_the_deployment_has_are_kept():
    assert merged_environment({"A": "2"}, {"A": "1", "REMOTE": "x"}) == {"A": "2", "REMOTE": "x"}


def test_a_value_the_control_plane_hides_is_not_sacrificed_to_a_change():
    with pytest.raises(ConflictError, match="HIDDEN"):
        merged_environment({"A": "2"}, {"A": "1", "HIDDEN": None})
    assert merged_environment({"A": "2", "HIDDEN": "h"}, {"HIDDEN": None}) == {"A": "2", "HIDDEN": "h"}
