"""The agents of a fleet are read together: all problems at once, git asked once."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import Any

import pytest

from langsmith_client import processes
from langsmith_client.errors import ProjectError
from langsmith_client.fleet.members import fleet_notes, read_members
from langsmith_client.langsmith_toml import load_fleet

TARGET = '[targets.dev]\npush_to = "registry.example/agents"\nplatform = "linux/arm64"\n'


BOTH = '[agents.one]\npath = "one"\n[agents.two]\npath = "two"\n'


@dataclasses.dataclass(frozen=True)
class Shop:
    """A repository of agents; called with the agents of a langsmith.toml, it reads them."""

    agent: Any

    def __call__(self, agents=BOTH, *, target=TARGET, environ=None, **options):
        self.agent.write({"langsmith.toml": target + agents})
        loaded = load_fleet(self.agent.folder / "langsmith.toml")
        return read_members(loaded, loaded.target("dev"), environ=environ or {}, **options)


@pytest.fixture
def fleet(make_agent):
    """Three committed agents in one repository."""
    agents = [make_agent(f"shop/{name}", git=False) for name in ("one", "two", "three")]
    agents[0].write({"agent.env": "MODEL=small\n"})
    shop = dataclasses.replace(agents[0], folder=agents[0].folder.parent)
    shop.git("init", "--quiet")
    shop.commit()
    return Shop(shop)


def test_members_know_their_image_environment_and_wish(fleet):
    one, two = fleet(
        '[agents.one]\npath = "one"\nenv_file = "one/agent.env"\nresources = { cpu = 2 }\n'
        'references = { KEY = "agent-secrets:key" }\n[agents.two]\npath = "two"\n'
    )
    assert re.fullmatch(r"registry\.example/agents/one:1\.2\.0-[0-9a-f]{12}-arm64", str(one.request.image)), (
        "the name is that of langsmith.toml, and the platform that of the target"
    )
    wish = one.wish(timeout=5.0)
    assert (wish.name, wish.environment, wish.resources) == ("one", {"MODEL": "small"}, {"cpu": 2})
    assert ([each.name for each in wish.references or ()], wish.timeout) == (["KEY"], 5.0)
    assert two.wish().references == (), "references that we made and that left the file go"
    assert two.wish().environment is None


def test_the_name_of_the_environment_variable_is_not_taken_for_that_of_every_agent(fleet):
    members = fleet(environ={"LANGSMITH_DEPLOYMENT_NAME": "hello"})
    assert [member.name for member in members] == ["one", "two"]


def test_git_is_asked_about_the_repository_once(fleet):
    asked: list[str] = []

    def run(argv, **options):
        asked.append(argv[1])
        return processes.run(argv, **options)

    fleet(run=run)
    assert sorted(asked) == ["config", "hash-object", "log", "log", "ls-tree", "rev-parse"]


def test_problems_of_all_agents_are_told_at_once_with_their_names(fleet):
    fleet.agent.write({"one/langgraph.json": json.dumps({"graphz": {}})})
    with pytest.raises(ProjectError) as caught:
        fleet(
            '[agents.one]\npath = "one"\n[agents.two]\npath = "two"\nenv_file = "no.env"\n[agents.three]\npath = "3"\n'
        )
    told = caught.value.problems
    assert any(problem.startswith("one: ") and "graphz" in problem for problem in told)
    assert any(problem.startswith("two: ") and "no.env" in problem for problem in told)
    assert any(problem.startswith("three: There is no ") for problem in told)


def test_a_target_that_does_not_say_where_to_push_is_a_problem_of_each_agent(fleet):
    with pytest.raises(ProjectError) as caught:
        fleet(target="[targets.dev]\n")
    assert [problem.partition(":")[0] for problem in caught.value.problems] == ["one", "two"]


def test_a_smoke_test_is_checked_against_the_graphs_before_anything_is_deployed(fleet):
    with pytest.raises(ProjectError, match="no graph 'nobody'"):
        fleet('[agents.one]\npath = "one"\nsmoke = "Hi"\nsmoke_graph = "nobody"\n')
    (one,) = fleet('[agents.one]\npath = "one"\nsmoke = "Hi"\n')
    assert one.smoke is not None
    assert one.smoke.input == {"messages": [{"role": "user", "content": "Hi"}]}


def test_some_agents_can_be_chosen_and_a_slip_of_the_pen_is_told(fleet):
    assert [member.name for member in fleet(only=["two"])] == ["two"]
    with pytest.raises(ProjectError, match="`tow` is no agent of dev, did you mean `two`"):
        fleet(only=["tow"])
    with pytest.raises(ProjectError, match="lists no agent for the target dev"):
        fleet("")


def test_changed_files_are_a_note_at_home_and_a_refusal_in_ci(fleet):
    fleet.agent.write({"two/greeter/graph.py": "graph = 2\n"})
    one, two = fleet()
    assert one.notes == ()
    assert two.notes == ("Not as committed, so the tag says so: two/greeter/graph.py.",)
    with pytest.raises(ProjectError, match="two: This is CI, and files differ from the commit") as caught:
        fleet(environ={"CI": "true"})
    assert len(caught.value.problems) == 1
    assert len(fleet(environ={"CI": "true"}, allow_dirty=True)) == 2


def test_a_shallow_clone_is_told_once_for_all(make_member):
    def cut_off(member):
        project = member.request.project
        git = dataclasses.replace(project.git, shallow=True)
        request = dataclasses.replace(member.request, project=dataclasses.replace(project, git=git))
        return dataclasses.replace(member, request=request)

    members = [make_member("one"), make_member("two")]
    assert fleet_notes(members) == ()
    (note,) = fleet_notes([cut_off(member) for member in members])
    assert "Fetch the whole history" in note
