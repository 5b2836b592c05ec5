"""The environment that tells the server what to serve."""

from __future__ import annotations

import json
import pathlib

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.image.runtime_env import runtime_env

RICH = {
    "dependencies": ["."],
    "graphs": {
        "a": "./greeter/graph.py:graph",
        "b": {"path": "./greeter/graph.py:make", "description": "B"},
        "c": "greeter.graph:graph",
    },
    "auth": {"path": "./greeter/graph.py:auth"},
    "http": {"app": "./greeter/graph.py:app", "disable_mcp": True},
    "store": {"index": {"dims": 3}},
    "checkpointer": {"ttl": {"default_ttl": 5}},
}


def variables(agent):
    project = agent.load()
    return runtime_env(project.config, project.packages)


def test_paths_become_those_inside_the_image_and_module_names_stay(make_agent):
    found = variables(make_agent(files={"langgraph.json": json.dumps(RICH)}))
    assert json.loads(found["LANGSERVE_GRAPHS"]) == {
        "a": "/deps/greeter/greeter/graph.py:graph",
        "b": {"path": "/deps/greeter/greeter/graph.py:make", "description": "B"},
        "c": "greeter.graph:graph",
    }
    assert json.loads(found["LANGGRAPH_AUTH"]) == {"path": "/deps/greeter/greeter/graph.py:auth"}


def test_the_variables_are_those_langgraph_cli_itself_would_set(make_agent):
    from langgraph_cli import config

    agent = make_agent("greeter", files={"langgraph.json": json.dumps(RICH)})
    path = pathlib.Path(agent.folder / "langgraph.json")
    dockerfile, _ = config.config_to_docker(path, config.validate_config_file(path))
    theirs = dict(line[4:].split("=", 1) for line in dockerfile.splitlines() if line.startswith("ENV "))
    ours = variables(agent)
    assert {key: json.loads(value) for key, value in ours.items()} == {
        key: json.loads(value.strip("'")) for key, value in theirs.items()
    }


def test_every_path_that_leads_nowhere_is_told_at_once(make_agent, tmp_path):
    (tmp_path / "outside.py").touch()
    values = {**RICH, "graphs": {"a": "./gone.py:x", "b": "../outside.py:x"}, "auth": {"path": "./gone.py:x"}}
    with pytest.raises(ProjectError) as caught:
        variables(make_agent(files={"langgraph.json": json.dumps(values)}))
    assert len(caught.value.problems) == 3
    assert "none of the folders" in caught.value.what
