"""What git says about an agent, from real repositories."""

from __future__ import annotations

import dataclasses
import os

import pytest

from langsmith_client import processes
from langsmith_client.git import GitState, NoGit, _web_address
from langsmith_client.project import read_agent, with_git


def state(agent) -> GitState:
    found = agent.load().git
    assert isinstance(found, GitState), found
    return found


def test_a_committed_agent_is_clean_and_known_by_its_full_commit(agent):
    found = state(agent)
    assert found.commit == agent.git("rev-parse", "HEAD")
    assert found.committed_at == 1767323045
    assert (found.dirty, found.shallow, found.remote) == ((), False, None)


def test_a_commit_that_leaves_the_agent_alone_does_not_move_it(make_agent):
    agent = make_agent("agents/one", git=False)
    repository = dataclasses.replace(agent, folder=agent.folder.parent)
    repository.git("init", "--quiet")
    first = repository.commit()
    repository.write({"two/unrelated.py": "x = 1\n"})
    assert repository.commit() != first
    assert state(agent).commit == first, "an unrelated commit would cost an image and a revision"


@pytest.mark.parametrize(
    "files",
    [
        {"greeter/graph.py": "graph = 2\n"},
        {"greeter/new.py": ""},
        {"langgraph.json": '{"graphs": {"a": "b:c"}, "dependencies": ["."]}'},
    ],
)
def test_a_changed_or_new_file_makes_it_dirty_and_is_named(agent, files):
    agent.write(files)
    assert state(agent).dirty == tuple(files)


def test_a_file_git_ignores_but_the_image_holds_makes_it_dirty(agent):
    agent.write({".gitignore": "weights.bin\n"}).commit()
    agent.write({"weights.bin": "1"})
    assert agent.git("status", "--porcelain") == ""
    assert state(agent).dirty == ("weights.bin",), "the image would change without its tag changing"


def test_files_that_stay_out_of_the_image_do_not_make_it_dirty(agent):
    agent.write({".dockerignore": "notes\n"}).commit()
    agent.write({".env": "KEY=1", "notes/todo.txt": "later", "greeter/__pycache__/graph.pyc": ""})
    assert state(agent).dirty == ()


def test_a_deleted_file_and_an_execute_bit_count(agent):
    agent.write({"tool.sh": "", "old.py": ""}).commit()
    (agent.folder / "old.py").unlink()
    (agent.folder / "tool.sh").chmod(0o755)
    assert state(agent).dirty == ("old.py", "tool.sh")


def test_many_agents_are_told_what_each_would_be_told_alone_with_one_question_more_an_agent(make_agent):
    agents = [make_agent(f"agents/{name}", git=False) for name in ("one", "two", "three")]
    repository = dataclasses.replace(agents[0], folder=agents[0].folder.parent)
    repository.git("init", "--quiet")
    repository.commit("Start")
    agents[1].write({"greeter/graph.py": "graph = 2\n"})
    repository.commit("Two")
    agents[2].write({"greeter/new.py": ""})
    (agents[2].folder / "greeter" / "graph.py").unlink()
    elsewhere = make_agent("elsewhere")
    agents.append(elsewhere)
    asked: list[str] = []

    def run(argv, **options):
        asked.append(argv[1])
        return processes.run(argv, **options)

    together = with_git([read_agent(each.folder, environ={}) for each in agents], run=run)
    assert [each.git for each in together] == [state(each) for each in agents]
    assert [len(state(each).dirty) for each in agents] == [0, 0, 2, 0]
    assert sorted(asked) == sorted(["log"] * 4 + ["rev-parse", "config", "ls-tree", "hash-object"] * 2)


def test_symbolic_links_are_compared_by_their_target(agent):
    (agent.folder / "link").symlink_to("greeter")
    agent.commit()
    assert state(agent).dirty == ()
    (agent.folder / "link").unlink()
    (agent.folder / "link").symlink_to("elsewhere")
    assert state(agent).dirty == ("link",)


def test_names_with_spaces_and_other_alphabets_are_no_trouble(agent):
    agent.write({"greeter/größe 1.txt": "1", "greeter/[a].txt": "2"}).commit()
    assert state(agent).dirty == ()


def test_line_endings_that_git_itself_converts_do_not_count_as_changes(agent):
    agent.write({".gitattributes": "*.txt text eol=crlf\n", "a.txt": "x\n"}).commit()
    (agent.folder / "a.txt").write_bytes(b"x\r\n")
    assert state(agent).dirty == ()


def test_a_shallow_clone_is_recognised_since_its_commit_may_differ(agent, make_agent, tmp_path):
    agent.write({"greeter/more.py": ""}).commit("Second")
    agent.git("clone", "--quiet", "--depth", "1", f"file://{agent.folder}", str(tmp_path / "clone" / "greeter"))
    assert state(dataclasses.replace(agent, folder=tmp_path / "clone" / "greeter")).shallow


def test_without_a_repository_a_commit_or_git_itself_there_is_a_reason(make_agent, monkeypatch, tmp_path):
    agent = make_agent(git=False)
    assert agent.load().git == NoGit("fatal: not a git repository (or any of the parent directories): .git")
    agent.git("init", "--quiet")
    assert agent.load().git == NoGit("no commit holds the agent's files yet")
    monkeypatch.setenv("PATH", str(tmp_path))
    assert agent.load().git == NoGit("git is not installed")


def test_a_repository_owned_by_someone_else_is_reported_and_not_taken_for_none(agent, monkeypatch):
    monkeypatch.setenv("GIT_TEST_ASSUME_DIFFERENT_OWNER", "1")
    found = agent.load().git
    assert isinstance(found, NoGit)
    assert "dubious ownership" in found.reason


def test_looking_takes_no_lock_that_a_running_commit_needs(agent):
    os.close(os.open(agent.folder / ".git" / "index.lock", os.O_CREAT | os.O_EXCL))
    assert state(agent).dirty == ()


@pytest.mark.parametrize(
    ("url", "address"),
    [
        ("https://github.com/acme/agents.git", "https://github.com/acme/agents"),
        ("git@github.com:acme/agents.git", "https://github.com/acme/agents"),
        ("ssh://git@git.example:7999/acme/agents.git", "https://git.example/acme/agents"),
        ("https://ada:s3cret-token@github.com/acme/agents", "https://github.com/acme/agents"),
        ("/home/ada/agents", None),
        ("file:///home/ada/agents", None),
    ],
)
def test_every_clone_of_a_repository_has_the_same_address_and_none_has_a_secret(url, address):
    assert _web_address(url) == address


def test_what_decides_the_image_without_entering_it_makes_it_dirty_too(agent):
    agent.write({".dockerignore": "uv.lock\npyproject.toml\n", "uv.lock": "version = 1\n"}).commit()
    assert state(agent).dirty == ()
    agent.write({"uv.lock": "version = 1\n# other wheels\n"})
    assert state(agent).dirty == ("uv.lock",), "the dependencies of the image come from it"


def test_a_commit_to_the_lock_of_the_workspace_is_a_commit_of_its_members(make_agent):
    agent = make_agent("repo/greeter", git=False)
    repository = dataclasses.replace(agent, folder=agent.folder.parent)
    repository.git("init", "--quiet")
    lock = 'version = 1\n[[package]]\nname = "greeter"\nsource = { editable = "greeter" }\n'
    first = repository.write({"uv.lock": lock}).commit()
    assert state(agent).commit == first
    second = repository.write({"uv.lock": f"{lock}# newer\n"}).commit()
    assert state(agent).commit == second
