"""One agent, read once."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.project import load_project


def test_name_and_version_come_from_the_pyproject(agent):
    project = agent.load()
    assert (project.name, project.version) == ("greeter", "1.2.0")


def test_a_project_name_is_put_into_the_form_indexes_take_for_equal(make_agent):
    agent = make_agent(files={"pyproject.toml": '[project]\nname = "My_Greeter.v2"\nversion = "1"\n'})
    assert agent.load().name == "my-greeter-v2"


def test_an_explicit_name_wins_over_the_variable_and_the_variable_over_the_project(agent):
    environ = {"LANGSMITH_DEPLOYMENT_NAME": "from-variable"}
    assert load_project(agent.folder, environ=environ).name == "from-variable"
    assert load_project(agent.folder, environ=environ, name="from-flag").name == "from-flag"


def test_an_explicit_name_is_refused_and_never_rewritten(agent):
    with pytest.raises(ProjectError, match="lowercase"):
        agent.load(name="My_Agent")


def test_a_bad_name_and_a_missing_version_are_told_together(make_agent):
    agent = make_agent(files={"pyproject.toml": '[project]\nname = "an-agent-with-far-too-long-a-name"\n'})
    with pytest.raises(ProjectError) as caught:
        agent.load()
    assert len(caught.value.problems) == 2


def test_a_version_label_stands_in_for_a_dynamic_version(make_agent):
    agent = make_agent(files={"pyproject.toml": '[project]\nname = "greeter"\ndynamic = ["version"]\n'})
    assert agent.load(version="7").version == "7"


def test_the_configuration_file_itself_may_be_named(agent):
    assert load_project(agent.folder / "langgraph.json", environ={}).name == "greeter"


def test_a_broken_pyproject_is_a_sentence(make_agent):
    agent = make_agent(git=False, files={"pyproject.toml": "[project"})
    with pytest.raises(ProjectError, match="not valid TOML"):
        agent.load()


def test_without_a_pyproject_name_and_version_come_from_the_package_json(make_agent):
    agent = make_agent(files={"package.json": '{"name": "@acme/talker", "version": "3.1.4"}'})
    (agent.folder / "pyproject.toml").unlink()
    project = agent.load()
    assert (project.name, project.version) == ("talker", "3.1.4")
    agent.write({"package.json": "[]"})
    with pytest.raises(ProjectError, match=r"package\.json is not a JSON object"):
        agent.load()
