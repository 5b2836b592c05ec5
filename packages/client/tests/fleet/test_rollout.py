"""A rollout builds first, goes stage by stage, stops at the first failure, and tells the truth about every agent."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.errors import BuildError, ConflictError, DeployFailedError, StoppedError, UnprovenError
from langsmith_client.fleet.board import LineBoard
from langsmith_client.fleet.crew import Brake
from langsmith_client.fleet.outcome import State
from langsmith_client.fleet.planner import plan_fleet
from langsmith_client.fleet.rollout import Means, Pace, roll_out
from langsmith_client.image.publish import PublishedImage
from langsmith_client.proof import Proof
from langsmith_client.smoke import Question, Smoke
from langsmith_client.surroundings import Surroundings


class Stage:
    """Everything a rollout touches.

    Attributes:
        built: Names of agents whose image was asked for.
        unbuildable: Those whose image fails.
        unproven: Those that do not say that they serve their revision.
        smoked: Those that were let run.
    """

    def __init__(self, world, reporter, clock):
        self.world, self.reporter, self.clock = world, reporter, clock
        self.built, self.smoked = [], []
        self.unbuildable, self.unproven = set(), set()
        self.brake = Brake()

    def run(self, *members, **pace):
        """Plan and roll out, one agent after the other unless told otherwise."""
        plan = plan_fleet("dev", members, self.world.observed)
        means = Means(self._publish, self._around, LineBoard(self.reporter), self.brake, self.clock)
        found = roll_out(plan, {one.name: one for one in members}, Pace(**{"parallel": 1, **pace}), means)
        assert [outcome.name for outcome in found] == [one.name for one in members], "in the order of the plan"
        return {outcome.name: outcome for outcome in found}

    def _publish(self, member, say):
        self.built.append(member.name)
        say("building")
        if member.name in self.unbuildable:
            raise BuildError("It does not build.")
        return PublishedImage(member.request.image, "sha256:" + "2" * 64, reused=False)

    def _around(self, member, reporter):
        def prove(url, revision_id, *, replicas):
            proven = member.name not in self.unproven
            return Proof(proven, revision_id, "" if proven else "Nobody answers.")

        def smoke(url, asked, *, headers):
            self.smoked.append(member.name)
            return Smoke(True)

        return Surroundings(
            self.world.target, reporter, prove=prove, clock=self.clock, sleep=self.brake.sleep, smoke=smoke
        )


@pytest.fixture
def stage(world, reporter, clock):
    return Stage(world, reporter, clock)


def states(outcomes):
    return {name: outcome.state.value for name, outcome in outcomes.items()}


def test_the_canary_goes_first_then_the_waves_and_all_images_before_them(stage, make_member):
    members = [make_member("late", wave=2), make_member("first", canary=True), make_member("early")]
    found = stage.run(*members)
    assert stage.world.target.applied == ["first", "early", "late"]
    assert stage.built == ["late", "first", "early"]
    assert states(found) == dict.fromkeys(["late", "first", "early"], "deployed")
    assert [outcome.stage for outcome in found.values()] == ["wave 2", "canary", "wave 1"]
    assert all(outcome.proven and outcome.revision_id == f"{name}-2" for name, outcome in found.items())


def test_an_image_that_fails_leaves_the_target_alone(stage, make_member):
    stage.unbuildable.add("two")
    found = stage.run(*[make_member(name) for name in ("one", "two", "three")])
    assert stage.world.target.applied == []
    assert states(found) == {"one": "not started", "two": "failed", "three": "not started"}
    assert isinstance(found["two"].error, BuildError)


def test_a_canary_that_fails_is_the_last_that_is_deployed(stage, make_member):
    stage.world.target.broken.add("one")
    found = stage.run(*[make_member(name) for name in ("one", "two", "three")])
    assert stage.world.target.applied == ["one"]
    assert states(found) == {"one": "failed", "two": "not started", "three": "not started"}
    assert isinstance(found["one"].error, DeployFailedError)
    assert found["one"].revision_id == "one-2", "somebody will want to look at it"


def test_within_a_wave_nobody_begins_after_a_failure(stage, make_member):
    stage.world.target.broken.add("two")
    found = stage.run(*[make_member(name) for name in ("one", "two", "three")], canary=False)
    assert states(found) == {"one": "deployed", "two": "failed", "three": "not started"}


def test_an_agent_that_is_not_seen_serving_its_revision_stops_the_rollout_too(stage, make_member):
    stage.unproven.add("one")
    found = stage.run(make_member("one"), make_member("two"))
    assert isinstance(found["one"].error, UnprovenError)
    assert found["two"].state is State.NOT_STARTED


def test_without_the_need_of_proof_it_goes_on_and_says_so(stage, make_member):
    stage.unproven.add("one")
    found = stage.run(make_member("one"), make_member("two"), require_proof=False)
    assert states(found) == {"one": "deployed", "two": "deployed"}
    assert (found["one"].proven, found["two"].proven) == (False, True)


def test_unchanged_agents_are_asked_without_a_build_a_push_or_a_revision(stage, make_member):
    members = [make_member(name) for name in ("one", "two", "three")]
    stage.world.settle(*members)
    stage.unproven.update({"one"})
    found = stage.run(*members)
    assert (stage.built, stage.world.target.applied) == ([], [])
    assert states(found) == {"one": "failed", "two": "unchanged", "three": "unchanged"}
    assert found["three"].proven, "nothing depends on the answer of the first: all are asked"


def test_unchanged_agents_are_not_asked_once_something_failed(stage, make_member):
    idle = make_member("idle")
    stage.world.settle(idle)
    stage.world.target.broken.add("one")
    found = stage.run(idle, make_member("one"))
    assert (found["idle"].state, found["idle"].proven) == (State.UNCHANGED, False)


def test_a_revision_someone_else_makes_between_plan_and_turn_is_not_overwritten(stage, make_member):
    one, two = make_member("one"), make_member("two")
    stage.world.settle(one, two)
    stage.world.images.clear()
    publish = stage._publish

    def meanwhile(member, say):
        newest = stage.world.target.made["two"].newest
        other = dataclasses.replace(newest, id="theirs")
        stage.world.target.made["two"] = dataclasses.replace(stage.world.target.made["two"], newest=other)
        return publish(member, say)

    stage._publish = meanwhile
    found = stage.run(one, two)
    assert stage.world.target.applied == ["one"]
    assert isinstance(found["two"].error, ConflictError)


def test_ctrl_c_leaves_the_revision_alone_and_says_how_to_go_on(stage, make_member, monkeypatch):
    stage.world.target.made.clear()
    one = make_member("one")

    def apply(change):
        made = type(stage.world.target).apply(stage.world.target, change)
        pending = dataclasses.replace(made[1], phase=made[1].phase.PENDING, status="DEPLOYING")
        stage.brake.interrupt()
        return made[0], pending

    monkeypatch.setattr(stage.world.target, "apply", apply)
    found = stage.run(one, make_member("two"))
    assert isinstance(found["one"].error, StoppedError)
    assert found["one"].state is State.INTERRUPTED, "its revision goes on, and may well succeed"
    assert "langsmith-client wait one one-2" in found["one"].error.remedy
    assert found["two"].state is State.NOT_STARTED


def test_agents_that_change_are_let_run_once_and_the_others_are_not(stage, make_member):
    question = Question("chat", {})
    one, two = (dataclasses.replace(make_member(name), smoke=question) for name in ("one", "two"))
    stage.world.settle(one)
    stage.run(one, two)
    assert stage.smoked == ["two"]


def test_every_line_tells_which_agent_it_is_about(stage, make_member):
    stage.run(make_member("one"), make_member("two"))
    assert {text.partition(":")[0] for _, text in stage.reporter.said} == {"one", "two"}
    assert [event for event, text in stage.reporter.said if text.startswith("two")] == [
        "build",
        "image",
        "revision",
        "status",
        "proof",
        "done",
    ]
