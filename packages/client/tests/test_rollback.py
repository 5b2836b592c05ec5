"""Going back is decided before anything is made, and only to what can really run again."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.errors import (
    ConflictError,
    DeployFailedError,
    PreflightError,
    ProjectError,
    TargetUnavailableError,
)
from langsmith_client.history import Entry
from langsmith_client.identity import Identity
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.proof import Proof
from langsmith_client.rollback import check_image, goal, is_there, roll_back
from langsmith_client.surroundings import Surroundings
from langsmith_client.target.protocol import Deployment, Phase, Revision

A, B = ("127.0.0.1:5000/greeter@sha256:" + letter * 64 for letter in "ab")


def entry(revision_id, image, phase=Phase.DEPLOYED, commit=None, active=False):
    return Entry(Revision(revision_id, phase, phase.name, image), Identity(commit=commit), active)


def deployed(*entries):
    return Deployment("d1", "greeter", {}, entries[0].revision, {"TOKEN": "x"}, url="http://agents.example/x")


@pytest.mark.parametrize(
    ("entries", "expected"),
    [
        ([entry("r3", B), entry("r2", B), entry("r1", A)], "r1"),
        ([entry("r3", B, Phase.FAILED), entry("r2", A), entry("r1", B)], "r2"),
        ([entry("r3", B, Phase.PENDING), entry("r2", A)], "r2"),
        ([entry("r3", B), entry("r2", A, Phase.FAILED), entry("r1", A)], "r1"),
    ],
    ids=["same image twice", "newest failed", "newest under way", "failed in between"],
)
def test_by_default_the_last_deployed_other_image_is_the_goal(entries, expected):
    assert goal(entries, "greeter", None).revision.id == expected


@pytest.mark.parametrize("entries", [[], [entry("r1", A)], [entry("r2", A), entry("r1", A)]])
def test_with_nowhere_to_go_back_to_nothing_is_made(entries):
    with pytest.raises(PreflightError, match="no deployed revision with another image"):
        goal(entries, "greeter", None)


def test_a_commit_names_the_goal_and_an_unknown_one_is_a_usage_error():
    entries = [entry("r2", B), entry("r1", A, commit="a" * 40)]
    assert goal(entries, "greeter", "a" * 12).revision.id == "r1"
    with pytest.raises(ProjectError):
        goal(entries, "greeter", "c" * 12)


def test_a_revision_that_never_ran_is_no_goal():
    with pytest.raises(PreflightError, match="never ran"):
        goal([entry("r2", B), entry("failed-1", A, Phase.FAILED)], "greeter", "failed-1")


def test_an_image_that_is_still_there_passes(registry, server):
    manifest = Manifest(b"{}", OCI_MANIFEST)
    server.manifests["greeter", manifest.digest] = manifest
    check_image(registry, entry("r1", f"127.0.0.1:5000/greeter@{manifest.digest}"))
    assert not server.writes()


def test_an_image_that_is_gone_is_refused_with_the_commit_to_build_again(registry):
    with pytest.raises(PreflightError, match="gone from the registry") as refused:
        check_image(registry, entry("r1", A, commit="a" * 40))
    assert refused.value.exit_code == 50
    assert "Deploy commit aaaaaaaaaaaa again" in refused.value.remedy


@pytest.mark.parametrize("image", ["127.0.0.1:5000/greeter:latest", None])
def test_a_tag_is_no_image_to_go_back_to(registry, image):
    with pytest.raises(PreflightError, match="names no digest"):
        check_image(registry, entry("r1", image))


@pytest.fixture
def around(target, reporter, clock):
    """Pods that say what is asked of them."""
    return Surroundings(target, reporter, lambda url, revision_id, **_: Proof(True, revision_id), clock, clock.sleep)


def test_going_back_makes_one_revision_of_the_old_image_and_proves_it(target, around):
    target.deployment = deployed(entry("r2", B))
    outcome = roll_back(target, target.deployment, entry("r1", A), around, wait=True, timeout=60)
    assert [each.id for each in target.restored] == ["r1"]
    assert (outcome.changed, outcome.seen.proof.proven, outcome.seen.revision.image) == (True, True, A)
    assert outcome.variables == ()


def test_what_runs_already_is_not_made_again_but_proven(target, around):
    target.deployment = deployed(entry("r2", A))
    assert is_there(target.deployment, entry("r1", A))
    outcome = roll_back(target, target.deployment, entry("r1", A), around, wait=True, timeout=60)
    assert (target.restored, outcome.changed, outcome.seen.revision.id) == ([], False, "r2")


def test_the_same_image_that_failed_last_time_is_made_again():
    assert not is_there(deployed(entry("r2", A, Phase.FAILED)), entry("r1", A))


def test_without_waiting_nothing_is_claimed_about_what_is_served(target, around):
    target.deployment = deployed(entry("r2", B))
    outcome = roll_back(target, target.deployment, entry("r1", A), around, wait=False, timeout=60)
    assert (outcome.seen.revision.phase, outcome.seen.proof.proven) == (Phase.PENDING, False)


def test_variables_that_came_back_with_the_old_revision_are_named(target, around, reporter):
    target.deployment = deployed(entry("r2", B))
    before = target.deployment
    plain = target.restore

    def restore(deployment, revision):
        done = plain(deployment, revision)
        target.deployment = dataclasses.replace(target.deployment, environment={"TOKEN": "canary-old", "GONE": "1"})
        return done

    target.restore = restore
    outcome = roll_back(target, before, entry("r1", A), around, wait=True, timeout=60)
    assert outcome.variables == ("GONE", "TOKEN")
    notes = [text for event, text in reporter.said if event == "note"]
    assert notes == ["the control plane changed these variables as well: GONE, TOKEN"]


def test_an_outage_after_the_revision_was_made_does_not_lose_it(target, around, reporter):
    target.deployment = deployed(entry("r2", B))
    whole, answers = target.find, iter([TargetUnavailableError("502")])

    def find(name):
        for error in answers:
            raise error
        return whole(name)

    target.find = find
    outcome = roll_back(target, target.deployment, entry("r1", A), around, wait=True, timeout=60)
    assert outcome.seen.proof.proven
    assert any("could not be asked" in text for _, text in reporter.said)


def test_a_goal_that_fails_this_time_ends_as_every_failed_deploy(target, around):
    target.deployment = deployed(entry("r2", B))
    target.walk = [Phase.FAILED]
    with pytest.raises(DeployFailedError):
        roll_back(target, target.deployment, entry("r1", A), around, wait=True, timeout=60)


def test_a_deployment_that_moved_on_since_the_preview_is_left_alone(target, around):
    target.deployment = deployed(entry("r2", B))

    def restore(deployment, revision):
        raise ConflictError("Another deploy made r3.")

    target.restore = restore
    with pytest.raises(ConflictError):
        roll_back(target, target.deployment, entry("r1", A), around, wait=True, timeout=60)
