"""Where each folder of code goes in the image."""

from __future__ import annotations

import json

import pytest

from langsmith_client.errors import ProjectError


def config(*dependencies: str) -> str:
    return json.dumps({"dependencies": dependencies, "graphs": {"a": "./greeter/graph.py:graph"}})


def test_a_src_layout_is_importable_from_src(make_agent):
    agent = make_agent(files={"src/pkg/__init__.py": ""})
    (package,) = agent.load().packages
    assert (str(package.container), str(package.import_root)) == ("/deps/greeter", "/deps/greeter/src")


def test_a_flat_layout_is_importable_from_the_folder(agent):
    (package,) = agent.load().packages
    assert str(package.import_root) == "/deps/greeter"


def test_a_folder_without_metadata_goes_where_langgraph_cli_puts_it(make_agent):
    agent = make_agent(
        files={
            "langgraph.json": config(".", "./flat", "./tools"),
            "flat/__init__.py": "",
            "tools/search/x.py": "",
            "tools/requirements.txt": "humanize\n",
        }
    )
    _, flat, tools = agent.load().packages
    assert (str(flat.container), str(flat.import_root)) == ("/deps/outer-flat/flat", "/deps/outer-flat")
    assert (str(tools.container), str(tools.import_root)) == ("/deps/outer-tools/src", "/deps/outer-tools/src")
    assert tools.requirements_file == agent.folder / "tools" / "requirements.txt"


def test_dependencies_only_setup_code_knows_are_marked(make_agent):
    agent = make_agent(
        files={"pyproject.toml": '[project]\nname = "greeter"\nversion = "1"\ndynamic = ["dependencies"]\n'}
    )
    assert not agent.load().packages[0].installable


def test_missing_folders_and_two_for_one_place_are_told_together(make_agent):
    agent = make_agent(
        files={
            "langgraph.json": config("./gone", "./a/lib", "./b/lib"),
            "a/lib/setup.py": "",
            "b/lib/setup.py": "",
        }
    )
    with pytest.raises(ProjectError) as caught:
        agent.load()
    assert len(caught.value.problems) == 2


LOCK = """version = 1
[[package]]
name = "greeter"
version = "1.2.0"
source = { editable = "agents/greeter" }
"""


def test_the_lock_of_a_workspace_holds_for_its_members_and_for_nobody_else(make_agent):
    member, stranger = make_agent("repo/agents/greeter", git=False), make_agent("repo/agents/other", git=False)
    root = member.folder.parents[1]
    (root / "uv.lock").write_text(LOCK, encoding="utf-8")
    assert member.load().packages[0].lock == root / "uv.lock"
    assert stranger.load().packages[0].lock is None
    member.write({"uv.lock": "version = 1\n"})
    assert member.load().packages[0].lock == member.folder / "uv.lock", "its own comes first"


def test_a_lock_beyond_the_repository_is_somebody_elses(make_agent):
    agent = make_agent("agents/greeter")
    (agent.folder.parents[1] / "uv.lock").write_text(LOCK, encoding="utf-8")
    assert agent.load().packages[0].lock is None
