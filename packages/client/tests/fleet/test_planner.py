"""Plans say what would change and why, cost few questions, and hold no value of a variable."""

from __future__ import annotations

import dataclasses
import json
import os
import signal

import pytest

from langsmith_client.environment.merge import Side
from langsmith_client.environment.record import DeployedVariables, Record, with_record
from langsmith_client.errors import ConflictError, PreflightError, TargetUnavailableError
from langsmith_client.fleet.agent_plan import Action, Refusal, Shift
from langsmith_client.fleet.crew import Brake
from langsmith_client.fleet.planner import plan_fleet
from langsmith_client.fleet.saved_plan import as_fields
from langsmith_client.identity import Identity
from langsmith_client.patience import Patience
from langsmith_client.processes import Finished
from langsmith_client.target.protocol import Phase, SecretReference


def plan_one(world, member, **options):
    (agent,) = plan_fleet("dev", [member], world.observed, **options).agents
    return agent


def test_unchanged_agents_cost_one_listing_and_a_look_at_each_newest_revision(world, make_member):
    members = [make_member(name) for name in ("one", "two", "three")]
    world.settle(*members)
    plan = plan_fleet("dev", members, world.observed)
    assert [agent.action for agent in plan.agents] == [Action.NOTHING] * 3
    assert sorted(world.target.asked) == ["list", "newest one", "newest three", "newest two"]


def test_a_new_agent_is_created_with_everything_it_shall_have(world, make_member):
    reference = SecretReference("KEY", "agent-secrets", "key")
    agent = plan_one(
        world, make_member("one", environment={"MODEL": "small"}, references=(reference,), resources={"cpu": 2})
    )
    assert (agent.action, agent.reasons) == (Action.CREATE, ("it does not exist yet",))
    assert (agent.image.digest, agent.image.before, agent.revision_id) == (None, None, None)
    assert [shift.name for shift in agent.variables] == ["MODEL"]
    assert agent.references == (Shift("KEY", None, "agent-secrets:key"),)
    assert agent.resources == (Shift("cpu", None, "2"),)


def test_another_commit_is_told_as_tags_with_the_commits_in_between(world, make_member, tmp_path):
    asked = []

    def git(argv, **options):
        asked.append(argv)
        added = argv[1] == "log" and f"{'a' * 40}..{'b' * 40}" in argv
        return Finished(0, b"b" * 40 + b" Answer in French\n" if added else b"", "")

    world.git = git
    member = make_member("one", folder=tmp_path)
    world.target.add("one", "registry.example/agents/one@sha256:old")
    world.identities.known["registry.example/agents/one@sha256:old"] = Identity(
        digest="sha256:old", tag="0.9-aaaaaaaaaaaa", commit="a" * 40
    )
    agent = plan_one(world, member)
    assert agent.action is Action.UPDATE
    assert (agent.image.before, agent.image.tag) == ("0.9-aaaaaaaaaaaa", "1.0-bbbbbbbbbbbb")
    assert [commit.subject for commit in agent.image.commits.added] == ["Answer in French"]
    assert str(tmp_path / "langgraph.json") in asked[-1], "commits of other agents are not this agent's"


def test_an_image_that_tells_nothing_is_no_obstacle(world, make_member):
    world.target.add("one", "registry.example/agents/one@sha256:old")
    agent = plan_one(world, make_member("one"))
    assert (agent.action, agent.image.before) == (Action.UPDATE, "unknown")
    assert agent.image.commits.problem == "The registry no longer has it."


def test_a_changed_variable_is_told_by_name_and_hash_and_no_value_is_in_the_plan(world, make_member):
    member = make_member("one", environment={"MODEL": "s3cret-new", "SAME": "s3cret-same"})
    world.settle(member, environment={"MODEL": "s3cret-old", "SAME": "s3cret-same"})
    agent = plan_one(world, member)
    (shift,) = agent.variables
    assert (agent.action, shift.name) == (Action.UPDATE, "MODEL")
    assert shift.before != shift.after
    assert "s3cret" not in repr(agent) + json.dumps(as_fields(agent))


def test_a_plan_with_the_salt_of_another_can_be_compared_with_it(world, make_member):
    member = make_member("one", environment={"MODEL": "new"})
    world.settle(member, environment={"MODEL": "old"})
    first = plan_fleet("dev", [member], world.observed)
    assert plan_fleet("dev", [member], world.observed, salt=first.salt) == first
    assert plan_fleet("dev", [member], world.observed) != first, "hashes of two plans tell nothing about each other"


def test_values_that_only_the_single_answer_holds_are_asked_for(world, make_member):
    member = make_member("one", environment={"MODEL": "new"})
    world.settle(member, environment={"MODEL": None})
    agent = plan_one(world, member)
    assert world.target.asked == ["list", "find one"]
    assert agent.variables[0].before == "(not told)"


def test_sizes_are_told_as_before_and_after_and_whatever_else_is_there_is_not_shown(world, make_member):
    member = make_member("one", resources={"cpu": 2, "min_scale": 1, "image_pull_secrets": [{"name": "pull"}]})
    world.settle(member, resources={"cpu": 1, "min_scale": 1.0, "sidecars": [{"env": "s3cret"}]})
    agent = plan_one(world, member)
    assert agent.resources == (Shift("cpu", "1", "2"), Shift("image_pull_secrets", None, '[{"name": "pull"}]'))
    assert "s3cret" not in repr(agent)


def test_a_revision_on_its_way_is_followed_and_not_made_again(world, make_member):
    member = make_member("one")
    world.settle(member, phase=Phase.PENDING)
    assert plan_one(world, member).action is Action.FOLLOW


def test_a_failed_revision_is_tried_again(world, make_member):
    member = make_member("one")
    world.settle(member, phase=Phase.FAILED)
    assert plan_one(world, member).reasons == ("the last revision ended as FAILED",)


@pytest.mark.parametrize("exit_code", [30, 50])
def test_what_is_in_the_way_of_one_agent_is_told_in_its_row_and_stops_no_other(world, make_member, exit_code):
    one, two = make_member("one"), make_member("two")
    world.settle(one, two)
    if exit_code == 30:
        world.images["one"] = ConflictError("The tag is taken.", "Commit.")
    else:
        world.target.refusals["one"] = PreflightError("The tag is taken.", "Commit.")
    plan = plan_fleet("dev", [one, two], world.observed)
    assert [agent.action for agent in plan.agents] == [Action.REFUSE, Action.NOTHING]
    assert plan.refused[0].refusal == Refusal("The tag is taken.", "Commit.", exit_code)


def test_a_variable_both_sides_changed_is_refused_until_someone_says_who_is_right(world, make_member):
    member = make_member("one", environment={"MODEL": "ours"})
    record = Record(DeployedVariables.of({"MODEL": "before"}))
    world.settle(member, environment={"MODEL": "theirs"}, resources=with_record({}, record))
    assert plan_one(world, member).action is Action.REFUSE
    assert plan_one(world, member, settle=Side.REMOTE).action is Action.NOTHING
    assert [shift.name for shift in plan_one(world, member, settle=Side.LOCAL).variables] == ["MODEL"]


def test_a_control_plane_that_restarts_costs_patience_and_not_the_plan(world, make_member, monkeypatch):
    answers = [TargetUnavailableError("502."), TargetUnavailableError("502."), []]

    def deployments():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(world.target, "deployments", deployments)
    assert plan_one(world, make_member("one")).action is Action.CREATE
    assert world.outages == ["502. Trying again for 180 s."]


def test_an_outage_that_goes_on_is_no_property_of_an_agent(world, make_member, monkeypatch):
    def down():
        raise TargetUnavailableError("502.")

    monkeypatch.setattr(world.target, "deployments", down)
    with pytest.raises(TargetUnavailableError):
        plan_fleet("dev", [make_member("one")], world.observed)


def test_ctrl_c_ends_the_patience_with_an_outage(world, make_member, monkeypatch, interruptible):
    brake = Brake()

    def down():
        raise TargetUnavailableError("502.")

    def sleep(seconds):
        os.kill(os.getpid(), signal.SIGINT)
        brake.sleep(60)

    monkeypatch.setattr(world.target, "deployments", down)
    around = dataclasses.replace(world.observed, patience=Patience(world.outages.append, sleep=sleep), brake=brake)
    with pytest.raises(KeyboardInterrupt):
        plan_fleet("dev", [make_member("one")], around)
    assert brake.interrupted


def test_counts_and_subsets_of_a_plan_follow_from_its_actions(world, make_member):
    one, two = make_member("one"), make_member("two")
    world.settle(one)
    plan = plan_fleet("dev", [one, two], world.observed)
    assert [agent.name for agent in plan.deployed] == ["two"]
    assert (plan.count(Action.NOTHING), plan.count(Action.CREATE), plan.refused) == (1, 1, ())
