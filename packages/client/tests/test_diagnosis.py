"""One cause and one remedy, from the true words of kubelets, schedulers, runtimes and listeners."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from langsmith_client.diagnosis import PATIENCE, Cause, Clue, Evidence, Source, diagnose
from langsmith_client.target.protocol import Phase, Revision

IMAGE = "123.dkr.ecr.us-east-1.amazonaws.com/greeter@sha256:" + "a" * 64
FAILED = Revision("r1", Phase.FAILED, "DEPLOY_FAILED", IMAGE)
PULL = f'Failed to pull image "{IMAGE}": '

WORDS = [
    ("exec /usr/local/bin/python: exec format error", Cause.ARCHITECTURE),
    ("standard_init_linux.go:228: exec user process caused: exec format error", Cause.ARCHITECTURE),
    (f"{PULL}no match for platform in manifest: not found", Cause.ARCHITECTURE),
    ("api-server: CrashLoopBackOff; it ended with exit code 137 (OOMKilled)", Cause.OUT_OF_MEMORY),
    (f"{PULL}rpc error: code = NotFound desc = {IMAGE}: not found", Cause.IMAGE_MISSING),
    (f"The image {IMAGE} could not be pulled (ImagePullBackOff): manifest unknown.", Cause.IMAGE_MISSING),
    (f"{PULL}unexpected status from HEAD request: 401 Unauthorized", Cause.IMAGE_ACCESS),
    (f"{PULL}pull access denied, repository does not exist or may require authorization", Cause.IMAGE_ACCESS),
    (f"{PULL}unexpected status from HEAD request to https://123.dkr.ecr: 403 Forbidden", Cause.IMAGE_ACCESS),
    (f"{PULL}no basic auth credentials", Cause.IMAGE_ACCESS),
    (f"{PULL}dial tcp 10.0.0.1:443: i/o timeout", Cause.IMAGE_PULL),
    ('Back-off pulling image "x": ErrImagePull: dial tcp: lookup registry.local: no such host', Cause.IMAGE_PULL),
    ('Failed to apply default image tag "X": couldn\'t parse image name: InvalidImageName', Cause.IMAGE_PULL),
    ("Namespace 'other' is not watched by this data plane (it watches: agents); add it", Cause.NAMESPACE),
    ("The listener prod (l1) has no namespace 'other'.", Cause.NAMESPACE),
    ('namespaces "other" not found', Cause.NAMESPACE),
    ('Error: secret "greeter-db" not found', Cause.CONFIGURATION),
    ("Error: couldn't find key url in Secret agents/greeter-db", Cause.CONFIGURATION),
    ('MountVolume.SetUp failed for volume "ca" : configmap "ca" not found', Cause.CONFIGURATION),
    ('error looking up service account agents/greeter: serviceaccount "greeter" not found', Cause.CONFIGURATION),
    ("0/3 nodes are available: 3 Insufficient memory. preemption: 0/3 nodes are available", Cause.UNSCHEDULABLE),
    ("Back-off restarting failed container api-server in pod greeter", Cause.CRASH),
    ("The container ends with exit code 1 again and again; its log says: KeyError: 'X'.", Cause.CRASH),
    ('The container could not be started (RunContainerError): exec: "pythn": not found', Cause.CRASH),
    ("The agent's Pods are ready, but no route leads to them: Ingress 'x' cannot route", Cause.UNREACHABLE),
    ("The agent's Pods are ready, but http://h/lgp/x/ok does not answer: 404.", Cause.UNREACHABLE),
    ("Readiness probe failed: Get http://10.0.3.4:8000/ok: connection refused", Cause.NOT_READY),
    ('ReplicaSet "greeter-5" has timed out progressing: exceeded its progress deadline', Cause.NOT_READY),
    ("The agent was not ready within 180 s: its Pods are not ready.", Cause.NOT_READY),
    ("Listener ID 1f0c not found.", Cause.LISTENER_GONE),
    ("There is no listener '1f0c' in this workspace.", Cause.LISTENER_GONE),
]


@pytest.mark.parametrize(("words", "cause"), WORDS)
@pytest.mark.parametrize("source", list(Source))
def test_the_words_give_the_cause_away_wherever_they_were_said(words, cause, source):
    found = diagnose(Evidence(FAILED, (Clue(source, "Revision is DEPLOY_FAILED."), Clue(source, words))))
    assert found is not None
    assert found.cause is cause
    assert found.clue == Clue(source, words), "the line it rests on can be shown"
    assert found.what.endswith("."), "one sentence on what happened"
    assert found.remedy.endswith("."), "and one on what to do"


def test_every_cause_that_words_give_away_is_in_the_table():
    by_status = {Cause.QUEUED, Cause.LISTENER_SILENT, Cause.INTERRUPTED}
    assert {cause for _, cause in WORDS} == set(Cause) - by_status


@pytest.mark.parametrize(
    ("deeper", "symptom", "cause"),
    [
        ("exec /usr/bin/python: exec format error", "Back-off restarting failed container", Cause.ARCHITECTURE),
        ("api-server ended with exit code 137 (OOMKilled)", "CrashLoopBackOff", Cause.OUT_OF_MEMORY),
        ("CrashLoopBackOff", "Readiness probe failed: connection refused", Cause.CRASH),
        (f"{PULL}403 Forbidden", "The agent was not ready within 180 s: ErrImagePull", Cause.IMAGE_ACCESS),
        ("0/1 nodes are available", "The agent was not ready within 180 s", Cause.UNSCHEDULABLE),
    ],
)
def test_a_symptom_never_hides_what_it_is_a_symptom_of(deeper, symptom, cause):
    for clues in ((deeper, symptom), (symptom, deeper)):
        found = diagnose(Evidence(FAILED, tuple(Clue(Source.EVENT, text) for text in clues)))
        assert found is not None
        assert found.cause is cause


def test_of_two_lines_that_say_the_same_the_better_informed_is_quoted():
    message, event = Clue(Source.MESSAGE, "It ends with exit code 1: KeyError"), Clue(Source.EVENT, "CrashLoopBackOff")
    found = diagnose(Evidence(FAILED, (event, message)))
    assert found is not None
    assert found.clue is message


def test_a_deployed_revision_has_nothing_wrong_with_it_whatever_it_went_through():
    clues = (Clue(Source.EVENT, "Readiness probe failed: connection refused"),)
    assert diagnose(Evidence(Revision("r1", Phase.DEPLOYED, "DEPLOYED"), clues)) is None


def test_a_failure_that_nothing_explains_is_not_explained():
    assert diagnose(Evidence(FAILED, (Clue(Source.LOG, "Revision is DEPLOY_FAILED."),))) is None


@pytest.mark.parametrize("status", ["CREATING", "QUEUED", "AWAITING_DEPLOY"])
def test_a_revision_that_nobody_takes_up_points_to_a_silent_listener(status):
    waiting = Revision("r1", Phase.PENDING, status)
    found = diagnose(Evidence(waiting, waited=PATIENCE))
    assert found is not None
    assert (found.cause, found.clue) == (Cause.LISTENER_SILENT, None)
    assert f"{PATIENCE:.0f} s" in found.what
    assert diagnose(Evidence(waiting, waited=PATIENCE - 1)) is None, "it may just be early"
    assert diagnose(Evidence(waiting)) is None, "without its age nothing is claimed"


def test_a_revision_behind_another_waits_for_that_one_and_the_listener_is_not_blamed():
    found = diagnose(Evidence(Revision("r2", Phase.PENDING, "QUEUED"), waited=PATIENCE, behind="r1"))
    assert found is not None
    assert found.cause is Cause.QUEUED
    assert "r1" in found.what


def test_a_revision_that_is_being_deployed_has_been_taken_up():
    assert diagnose(Evidence(Revision("r1", Phase.PENDING, "DEPLOYING"), waited=PATIENCE * 9)) is None


def test_an_interrupted_revision_was_interrupted_by_someone():
    found = diagnose(Evidence(Revision("r1", Phase.INTERRUPTED, "INTERRUPTED")))
    assert found is not None
    assert found.cause is Cause.INTERRUPTED


def test_every_cause_is_explained_in_the_documentation():
    page = (Path(__file__).parents[3] / "docs" / "client.md").read_text(encoding="utf-8")
    section = page.partition("## Causes\n")[2].partition("\n## ")[0]
    assert re.findall(r"^\| `([a-z-]+)` \|", section, re.MULTILINE)[1:] == [cause.value for cause in Cause]
