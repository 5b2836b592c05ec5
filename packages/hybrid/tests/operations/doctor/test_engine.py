"""pulumi, the stack's state, and whoever else works on the stack."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from operations.doctor.world import World
from operations.fakes import PROJECT, STACK

from langsmith_hybrid.operations.doctor import State, engine
from langsmith_hybrid.operations.errors import StackError


def stack(world: World):
    return world.pulumi.stack(world.folder)


@pytest.mark.parametrize(
    ("version", "state"),
    [("v3.259.0", State.OK), ("v3.260.1-dev.0", State.OK), ("v4.0.0", State.OK),
     ("v3.258.9", State.FAIL), ("3.99.0", State.FAIL), ("dev", State.UNKNOWN)],
)  # fmt: skip
def test_pulumi_must_be_as_new_as_the_program(world: World, version: str, state: State) -> None:
    world.pulumi.version = version
    (finding,) = engine.version(stack(world))
    assert finding.state is state


def test_what_an_interrupted_run_was_at_is_named_and_a_warning(world: World) -> None:
    world.pulumi.pending = ["cluster", *(f"part-{number}" for number in range(6))]
    (finding,) = engine.pending(stack(world).state())
    assert finding.state is State.WARN, "`pulumi up` goes on from there"
    assert "cluster, part-0, part-1, part-2, part-3 and 2 more" in finding.what


def test_an_update_in_progress_at_pulumis_service_fails(world: World) -> None:
    world.pulumi.stacks = [{"name": "other", "updateInProgress": True}, {"name": STACK, "updateInProgress": False}]
    assert [finding.state for finding in engine.lock(stack(world), world.aws)] == [State.OK]
    world.pulumi.stacks[1]["updateInProgress"] = True
    (finding,) = engine.lock(stack(world), world.aws)
    assert finding.state is State.FAIL
    assert f"pulumi cancel --stack {STACK}" in finding.remedy


def test_a_lock_in_a_folder_says_whose_it_is(world: World) -> None:
    world.pulumi.backend = f"file://{world.folder}"
    locks = world.folder / ".pulumi" / "locks" / "organization" / PROJECT / STACK
    locks.mkdir(parents=True)
    assert [finding.state for finding in engine.lock(stack(world), world.aws)] == [State.OK]
    (locks / "1.json").write_text(json.dumps({"username": "ada", "hostname": "ci-1", "pid": 7}))
    (finding,) = engine.lock(stack(world), world.aws)
    assert finding.state is State.FAIL
    assert "ada@ci-1 (process 7)" in finding.what


def test_a_lock_in_a_bucket_is_looked_for_under_the_stacks_full_name(world: World) -> None:
    world.pulumi.backend = "s3://acme-state/team"
    began = dt.datetime(2026, 11, 20, 9, 30, tzinfo=dt.UTC)
    world.aws.answers["s3", "list_objects_v2"] = {"Contents": [{"Key": "a.json", "LastModified": began}]}
    (finding,) = engine.lock(stack(world), world.aws)
    assert finding.state is State.FAIL
    assert "09:30 on 20 November" in finding.what
    prefix = f"team/.pulumi/locks/organization/{PROJECT}/{STACK}/"
    assert world.aws.asked == [("s3", "list_objects_v2", {"Bucket": "acme-state", "Prefix": prefix})]


@pytest.mark.parametrize("backend", ["gs://acme-state", "s3://acme-state?profile=state"])
def test_where_a_lock_cannot_be_looked_for_it_is_unknown(world: World, backend: str) -> None:
    world.pulumi.backend = backend
    assert [finding.state for finding in engine.lock(stack(world), world.aws)] == [State.UNKNOWN]


def test_a_back_end_that_does_not_answer_is_an_error_of_the_stack(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from langsmith_hybrid.operations.pulumi_cli import Finished

    monkeypatch.setattr(world.pulumi, "answer", lambda *_: Finished(255, "", "error: dial tcp: no route"))
    with pytest.raises(StackError, match="cannot reach where its state lies"):
        list(engine.lock(stack(world), world.aws))
