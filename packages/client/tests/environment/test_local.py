"""The local environment is read as the official client reads it, checked, and never printed."""

from __future__ import annotations

import pytest
from langgraph_cli import deploy as official

from langsmith_client.environment.local import local_environment
from langsmith_client.errors import ProjectError
from langsmith_client.langgraph_json import LangGraphConfig


@pytest.fixture
def local(tmp_path):
    def read(env=None, text=None, env_file=None):
        if text is not None:
            (tmp_path / ".env").write_text(text, encoding="utf-8")
        config = LangGraphConfig(tmp_path / "langgraph.json", {} if env is None else {"env": env})
        return local_environment(config, env_file)

    return read


def test_a_map_and_a_file_are_both_understood(local):
    assert local({"A": "1", "B": 2}).values == {"A": "1", "B": "2"}
    assert local(".env", "A=1\n").values == {"A": "1"}


AS_PEOPLE_WRITE = {
    "A=plain": "plain",
    "export A=exported": "exported",
    "A='single # kept'": "single # kept",
    'A="line\\nbreak"': "line\nbreak",
    'A="over\ntwo lines"': "over\ntwo lines",
    "A=value # comment": "value",
    "A=pa#ss": "pa#ss",
    "A=a=b": "a=b",
    "  A =  spaced  ": "spaced",
    'A="quo\\"ted"': 'quo"ted',
    "B=b\nA=${B}c": "bc",
}


@pytest.mark.parametrize("line", AS_PEOPLE_WRITE)
def test_lines_of_an_env_file_are_read_as_the_official_client_reads_them(local, tmp_path, line):
    values = local(".env", f"# comment\n\n{line}\n").values
    assert values["A"] == AS_PEOPLE_WRITE[line]
    config = tmp_path / "langgraph.json"
    assert values == official._parse_env_from_config({"env": ".env"}, config), "else the two would take turns"


def test_a_given_file_replaces_what_langgraph_json_names(local, tmp_path):
    other = tmp_path / "prod.env"
    other.write_text("B=2\n", encoding="utf-8")
    assert local({"A": "1"}, env_file=other).values == {"B": "2"}


def test_a_file_that_is_missing_here_is_noted_and_says_nothing(local):
    found = local(".env")
    assert found.values is None, "in CI the file is often absent, and removing what it names would be wrong"
    assert "keeps its environment" in found.notes[0]


def test_a_langgraph_json_without_an_environment_says_nothing_either(local):
    assert local().values is None
    assert local({}).values is None


def test_names_the_platform_sets_are_refused_all_at_once_without_their_values(local):
    with pytest.raises(ProjectError) as caught:
        local({"DATABASE_URI": "s3cret", "LANGSMITH_HOST_REVISION_ID": "s3cret", "not a name": "s3cret"})
    assert len(caught.value.problems) == 3
    assert "s3cret" not in str(caught.value)


@pytest.mark.parametrize("name", ["LANGGRAPH_HOST_API_KEY", "LANGCHAIN_API_KEY", "LANGSMITH_DEPLOYMENT_NAME"])
def test_what_the_command_line_reads_from_the_same_file_never_reaches_the_agent(local, name):
    found = local({name: "canary", "A": "1"})
    assert found.values == {"A": "1"}
    assert name in found.notes[0]
    assert "canary" not in " ".join(found.notes) + repr(found)


def test_a_name_without_a_value_is_noted_and_leaves_what_is_there(local):
    found = local({"A": "", "B": "1"})
    assert found.values == {"A": "", "B": "1"}
    assert "A" in found.notes[0]


@pytest.mark.parametrize("line", ["half-a-secret", "'half-a-secret", "A='half-a-secret"])
def test_a_line_that_is_no_assignment_is_named_by_number_and_not_quoted(local, line):
    with pytest.raises(ProjectError, match="Line 2") as caught:
        local(".env", f"A=1\n{line}\n")
    assert "half-a-secret" not in str(caught.value)


def test_a_file_that_is_no_text_is_an_error_without_its_bytes(local, tmp_path):
    (tmp_path / ".env").write_bytes(b"A=\xff\xfe")
    with pytest.raises(ProjectError, match="cannot be read"):
        local(".env")
