"""langgraph.json is read strictly."""

from __future__ import annotations

import json
from typing import Any

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.langgraph_json import KNOWN_KEYS, LangGraphConfig, read_langgraph_json

GOOD = {"dependencies": ["."], "graphs": {"a": "./a.py:graph"}}


def read(tmp_path, values):
    path = tmp_path / "langgraph.json"
    path.write_text(values if isinstance(values, str) else json.dumps(values), encoding="utf-8")
    return read_langgraph_json(path)


def test_the_keys_are_those_of_the_official_client():
    from langgraph_cli import config

    retired = {"package", "project_root"}  # the official client refuses them, too
    assert KNOWN_KEYS - {"$schema"} == set(config._KNOWN_CONFIG_KEYS) - retired


def test_every_problem_is_told_at_once_and_a_misspelt_key_gets_a_suggestion(tmp_path):
    with pytest.raises(ProjectError) as caught:
        read(tmp_path, {"graph": {}, "graphs": {}, "dependencies": [], "python_version": "3.11.4", "env": 3})
    assert len(caught.value.problems) == 5
    assert "did you mean 'graphs'?" in caught.value.what


@pytest.mark.parametrize("text", ["{", "[]", ""])
def test_a_file_that_is_no_json_object_is_a_sentence_and_not_a_traceback(tmp_path, text):
    with pytest.raises(ProjectError):
        read(tmp_path, text)


def test_a_missing_file_says_where_it_was_looked_for(tmp_path):
    with pytest.raises(ProjectError, match=r"There is no .*langgraph\.json"):
        read_langgraph_json(tmp_path / "langgraph.json")


@pytest.mark.parametrize(
    ("extra", "image"),
    [
        ({}, "docker.io/langchain/langgraph-api:3.11"),
        ({"python_version": "3.12"}, "docker.io/langchain/langgraph-api:3.12"),
        ({"image_distro": "wolfi"}, "docker.io/langchain/langgraph-api:3.11-wolfi"),
        ({"api_version": "0.8"}, "docker.io/langchain/langgraph-api:0.8-py3.11"),
        ({"base_image": "ghcr.io/acme/base"}, "ghcr.io/acme/base:3.11"),
        ({"base_image": "localhost:5000/base:7"}, "localhost:5000/base:7"),
        ({"base_image": "localhost:5000/base"}, "localhost:5000/base:3.11"),
        ({"_INTERNAL_docker_tag": "nightly"}, "docker.io/langchain/langgraph-api:nightly"),
    ],
)
def test_the_base_image_has_the_tag_langgraph_cli_would_choose(tmp_path, extra, image):
    assert read(tmp_path, {**GOOD, **extra}).base_image == image


@pytest.mark.parametrize("extra", [{}, {"python_version": "3.12"}, {"image_distro": "wolfi"}, {"api_version": "0.8"}])
def test_the_default_base_image_agrees_with_langgraph_cli_itself(tmp_path, extra):
    from langgraph_cli import config

    ours = LangGraphConfig(tmp_path / "langgraph.json", {**GOOD, **extra}).base_image
    theirs: Any = {**GOOD, **extra}
    assert ours == "docker.io/" + config.docker_tag(config.validate_config(theirs))
