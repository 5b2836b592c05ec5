"""`init` writes one file, once, and asks nothing."""

from __future__ import annotations

import pytest

from langsmith_client.langsmith_toml import load_fleet


@pytest.fixture
def repository(make_agent, tmp_path):
    """A repository with one agent."""
    make_agent("agents/greeter", git=False)
    return tmp_path


def test_it_writes_the_agents_it_finds_and_a_target_to_fill_in(cli, repository):
    outcome = cli("init", str(repository))
    assert outcome.exit_code == 0, outcome.err
    fleet = load_fleet(repository / "langsmith.toml")
    assert (list(fleet.targets), list(fleet.agents)) == (["dev"], ["greeter"])
    assert "to be filled in" in outcome.out


def test_a_file_that_is_there_is_never_touched_without_force(cli, repository):
    mine = repository / "langsmith.toml"
    mine.write_text("# mine\n")
    outcome = cli("init", str(repository))
    assert outcome.exit_code == 2
    assert "--force" in outcome.err
    assert mine.read_text() == "# mine\n"
    assert cli("init", str(repository), "--force").exit_code == 0
    assert load_fleet(mine).targets


def test_on_request_it_only_prints(cli, repository):
    outcome = cli("init", str(repository), "--stdout", "--target", "prod")
    assert "[targets.prod]" in outcome.out
    (event,) = cli("init", str(repository), "--stdout", "--json").events()
    assert event["text"].endswith('[agents.greeter]\npath = "agents/greeter"\n')
    assert not (repository / "langsmith.toml").exists()


def test_a_name_no_target_may_have_is_refused_before_anything_is_written(cli, repository):
    outcome = cli("init", str(repository), "--target", "My Target")
    assert outcome.exit_code == 2
    assert not (repository / "langsmith.toml").exists()


def test_without_pulumi_nothing_is_written(cli, repository, monkeypatch):
    monkeypatch.setenv("PATH", "")
    outcome = cli("init", str(repository), "--from-stack", f"{repository}:dev", "--json")
    assert outcome.exit_code == 1
    assert outcome.events()[-1]["what"] == "pulumi is not on PATH."
    assert not (repository / "langsmith.toml").exists()
