"""The commits between two images come from the clone at hand, or it is said why not."""

from __future__ import annotations

from langsmith_client.commits import commits_between


def test_commits_in_between_are_listed_newest_first_in_either_direction(agent):
    old = agent.git("rev-parse", "HEAD")
    agent.write({"greeter/graph.py": "graph = 2\n"}).commit("Say hello")
    new = agent.write({"greeter/graph.py": "graph = 3\n"}).commit("Say goodbye")
    forward = commits_between(agent.folder, old, new)
    assert [each.subject for each in forward.added] == ["Say goodbye", "Say hello"]
    assert (forward.removed, forward.problem) == ((), "")
    assert str(forward.added[0]) == f"{new[:12]} Say goodbye"
    back = commits_between(agent.folder, new, old)
    assert [each.subject for each in back.removed] == ["Say goodbye", "Say hello"]
    assert not back.added


def test_of_two_branches_both_sides_are_told(agent):
    agent.git("branch", "other")
    here = agent.write({"a": "1"}).commit("Here")
    agent.git("checkout", "--quiet", "other")
    there = agent.write({"b": "1"}).commit("There")
    found = commits_between(agent.folder, here, there)
    assert ([each.subject for each in found.added], [each.subject for each in found.removed]) == (["There"], ["Here"])


def test_commits_that_leave_the_paths_alone_do_not_count(agent):
    old = agent.git("rev-parse", "HEAD")
    new = agent.write({"README.md": "hello"}).commit("Document")
    assert len(commits_between(agent.folder, old, new).added) == 1
    assert not commits_between(agent.folder, old, new, paths=[agent.folder / "greeter"]).added


def test_equal_commits_need_no_git(tmp_path):
    assert commits_between(tmp_path / "nowhere", "a" * 40, "a" * 40).problem == ""


def test_what_cannot_be_known_is_said(agent, tmp_path):
    head = agent.git("rev-parse", "HEAD")
    assert "does not say" in commits_between(agent.folder, None, head).problem
    assert f"does not have the commit {'f' * 12}" in commits_between(agent.folder, "f" * 40, head).problem
    assert commits_between(tmp_path / "nowhere", "f" * 40, head).problem, "a folder that is not there is no crash"
    assert commits_between(tmp_path, "f" * 40, head).problem, "nor is one outside every repository"


def test_without_git_the_reason_is_told(agent):
    def missing(argv, **_):
        raise FileNotFoundError(argv[0])

    found = commits_between(agent.folder, "a" * 40, "b" * 40, run=missing)
    assert found.problem.startswith("git is not installed")


def test_a_label_that_looks_like_an_option_is_never_given_to_git_as_one(agent):
    found = commits_between(agent.folder, "--output=x", agent.git("rev-parse", "HEAD"))
    assert found.problem
    assert not (agent.folder / "x").exists()
