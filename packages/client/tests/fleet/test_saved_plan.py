"""A plan survives its file, and is refused for whatever has moved since."""

from __future__ import annotations

import dataclasses
import datetime as dt
import json

import pytest

from langsmith_client.commits import Commit, Commits
from langsmith_client.environment.merge import Side
from langsmith_client.errors import ProjectError
from langsmith_client.fleet.agent_plan import Action, AgentPlan, FleetPlan, ImagePlan, Refusal, Shift
from langsmith_client.fleet.saved_plan import moved, read_plan, write_plan

NOW = dt.datetime(2026, 1, 2, 3, 4, 5, tzinfo=dt.UTC)
COMMITS = Commits((Commit("b" * 40, "Größer → besser"),), (Commit("a" * 40, "Before"),), "")
IMAGE = ImagePlan("registry.example/one", "1.0-b", "sha256:1", "inputs", "1.0-a", "sha256:0", COMMITS)
AGENT = AgentPlan(
    name="one",
    action=Action.UPDATE,
    image=IMAGE,
    canary=True,
    wave=2,
    deployment_id="d1",
    revision_id="r1",
    variables=(Shift("MODEL", "0011", "2233"),),
    references=(Shift("KEY", None, "secrets:key"),),
    resources=(Shift("cpu", "1", None),),
    reasons=("another image",),
    notes=("Something stays.",),
)
PLAN = FleetPlan("dev", b"salt", (AGENT,), Side.LOCAL)


def test_a_plan_is_read_as_it_was_written(tmp_path):
    write_plan(PLAN, tmp_path / "plan.json", created_at=NOW)
    assert read_plan(tmp_path / "plan.json") == PLAN
    values = json.loads((tmp_path / "plan.json").read_text())
    assert (values["schema"], values["created_at"]) == (1, "2026-01-02T03:04:05+00:00")


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"schema": 2}, "another version"),
        ({"kind": "recipe"}, "another version"),
        ({"agents": [{"name": "one"}]}, "is not a plan"),
        ({"agents": 5}, "is not a plan"),
        ({"settle": "nobody"}, "is not a plan"),
        ({"salt": "no hex"}, "is not a plan"),
    ],
)
def test_a_file_that_would_be_misread_is_refused(tmp_path, change, sentence):
    path = tmp_path / "plan.json"
    write_plan(PLAN, path, created_at=NOW)
    path.write_text(json.dumps({**json.loads(path.read_text()), **change}))
    with pytest.raises(ProjectError, match=sentence):
        read_plan(path)


@pytest.mark.parametrize("text", ["", "[]", "null", "{}"])
def test_something_else_is_no_plan(tmp_path, text):
    (tmp_path / "plan.json").write_text(text)
    with pytest.raises(ProjectError, match=r"is not a plan.*langsmith-client plan --out"):
        read_plan(tmp_path / "plan.json")


def test_a_missing_file_is_one_sentence(tmp_path):
    with pytest.raises(ProjectError, match=r"cannot be read \(No such file or directory\)"):
        read_plan(tmp_path / "plan.json")


def after(**changes):
    return moved(PLAN, dataclasses.replace(PLAN, agents=(dataclasses.replace(AGENT, **changes),)))


def test_the_same_world_has_not_moved():
    assert after() == ()


@pytest.mark.parametrize(
    ("changes", "words"),
    [
        ({"revision_id": "r2", "variables": ()}, "its newest revision is r2 and not r1"),
        ({"deployment_id": "d2", "revision_id": "r9"}, "it was made, deleted or made anew"),
        ({"image": dataclasses.replace(IMAGE, inputs="others", tag="1.0-c")}, "its files or its base image are others"),
        ({"image": dataclasses.replace(IMAGE, digest="sha256:9")}, "its tag 1.0-b stands for sha256:9"),
        ({"image": dataclasses.replace(IMAGE, digest=None)}, "its tag 1.0-b stands for nothing"),
        ({"variables": (Shift("MODEL", "0011", "4455"),)}, "its variables would change in another way"),
        ({"references": ()}, "its references would change in another way"),
        ({"resources": ()}, "its resources would change in another way"),
        ({"action": Action.NOTHING, "variables": ()}, "it would nothing, not update"),
        ({"action": Action.REFUSE, "refusal": Refusal("It is being deleted.", "", 30)}, "It is being deleted"),
    ],
)
def test_each_way_of_moving_is_told_in_words_and_without_its_effects(changes, words):
    (sentence,) = after(**changes)
    assert sentence.startswith("one: ")
    assert words in sentence
    assert sentence.count(",") == words.count(","), "an effect of the cause is no news"


def test_an_image_that_was_built_meanwhile_is_as_planned():
    unbuilt = dataclasses.replace(
        PLAN, agents=(dataclasses.replace(AGENT, image=dataclasses.replace(IMAGE, digest=None)),)
    )
    assert moved(unbuilt, PLAN) == ()


def test_every_agent_that_moved_is_told_and_one_that_left_the_file_too():
    both = dataclasses.replace(PLAN, agents=(AGENT, dataclasses.replace(AGENT, name="two")))
    fresh = dataclasses.replace(PLAN, agents=(dataclasses.replace(AGENT, revision_id="r2"),))
    assert [sentence.partition(" ")[0] for sentence in moved(both, fresh)] == ["one:", "two"]


def test_an_agent_with_nothing_to_do_may_move_as_long_as_there_still_is_nothing_to_do():
    idle = dataclasses.replace(PLAN, agents=(dataclasses.replace(AGENT, action=Action.NOTHING),))
    followed = dataclasses.replace(AGENT, action=Action.FOLLOW, revision_id="r2")
    assert moved(idle, dataclasses.replace(PLAN, agents=(followed,))) == ()
    assert moved(idle, PLAN), "now there is something to do that nobody has looked at"
