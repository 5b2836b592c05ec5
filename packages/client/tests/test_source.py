"""The files of an agent, and the digest of their content."""

from __future__ import annotations

import os

import pytest

from langsmith_client.errors import ProjectError


def places(project) -> list[str]:
    return [str(file.container) for file in project.source.files]


def test_files_go_below_deps_under_the_name_of_the_project_and_not_of_the_folder(make_agent):
    agent = make_agent("checkout-7", files={".dockerignore": "docs\n", "docs/a.md": "", ".env": "K=1", "x.pyc": ""})
    assert places(agent.load()) == [
        "/deps/greeter/.dockerignore",
        "/deps/greeter/greeter/graph.py",
        "/deps/greeter/langgraph.json",
        "/deps/greeter/pyproject.toml",
    ]


def test_the_digest_ignores_times_and_folders_and_sees_every_byte(make_agent):
    one, two = make_agent("one", git=False), make_agent("deep/two", git=False)
    os.utime(two.folder / "greeter" / "graph.py", (1, 1))
    digest = one.load().source.digest()
    assert two.load().source.digest() == digest
    two.write({"greeter/graph.py": "graph = 2\n"})
    assert two.load().source.digest() != digest


def test_the_digest_sees_an_execute_bit_and_the_target_of_a_link(agent):
    digests = {agent.load().source.digest()}
    (agent.folder / "langgraph.json").chmod(0o755)
    digests.add(agent.load().source.digest())
    (agent.folder / "link").symlink_to("a")
    digests.add(agent.load().source.digest())
    (agent.folder / "link").unlink()
    (agent.folder / "link").symlink_to("b")
    digests.add(agent.load().source.digest())
    assert len(digests) == 4


def test_a_link_to_a_folder_stays_a_link_and_is_not_walked(agent):
    (agent.folder / "shared").symlink_to("greeter")
    (link,) = [file for file in agent.load().source.files if file.link]
    assert (str(link.container), link.link) == ("/deps/greeter/shared", "greeter")


def test_a_pipe_cannot_enter_an_image_and_says_so_instead_of_hanging(agent):
    os.mkfifo(agent.folder / "pipe")
    with pytest.raises(ProjectError, match="neither a file nor a link"):
        agent.load()


def test_a_package_outside_the_agent_obeys_its_own_dockerignore(make_agent, tmp_path):
    agent = make_agent(
        files={
            ".dockerignore": "*.txt\n",
            "langgraph.json": '{"dependencies": [".", "../lib"], "graphs": {"a": "./greeter/graph.py:graph"}}',
        }
    )
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "setup.py").touch()
    (tmp_path / "lib" / "data.txt").touch()
    assert "/deps/lib/data.txt" in places(agent.load()), "the agent's rules end at the agent's folder"
