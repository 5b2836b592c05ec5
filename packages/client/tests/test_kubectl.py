"""What Pods and events say about an agent becomes clues; a cluster that does not answer is no obstacle."""

from __future__ import annotations

import datetime as dt
import itertools
import json

import pytest

from langsmith_client.diagnosis import Cause, Evidence, Source, diagnose
from langsmith_client.kubectl import Kubectl, cluster_of
from langsmith_client.processes import Finished
from langsmith_client.target.protocol import Deployment, Phase, Revision

ID = "0f8fad5b-d9cb-469f-a165-70867728950e"
NAME = f"greeter-{ID.replace('-', '')}-6d5f9-x2x7k"
DEPLOYMENT = Deployment(ID, "greeter", {"namespace": "agents"}, None)
MADE = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
FAILED = Revision("r1", Phase.FAILED, "DEPLOY_FAILED")


def pod(*containers, name=NAME, created="2026-11-02T12:00:05Z", conditions=()):
    return {
        "metadata": {"name": name, "creationTimestamp": created},
        "status": {"containerStatuses": list(containers), "conditions": list(conditions)},
    }


def container(waiting=None, last=None, **state):
    states = {"waiting": waiting} if waiting else state
    return {"name": "api-server", "state": states, "lastState": {"terminated": last} if last else {}}


def event(reason, message, kind="Warning", name=NAME):
    return {"type": kind, "reason": reason, "message": message, "involvedObject": {"kind": "Pod", "name": name}}


class FakeCluster:
    """Answers as kubectl does, and keeps what it was asked."""

    def __init__(self, pods=(), events=(), log="", previous=""):
        self.answers = {"pods": {"items": list(pods)}, "events": {"items": list(events)}}
        self.logs = {False: log, True: previous}
        self.asked = []

    def __call__(self, argv, *, cwd=None, stdin=b"", env=None, timeout=60.0):
        self.asked.append(argv)
        verb = argv.index("get") if "get" in argv else argv.index("logs")
        if argv[verb] == "get":
            return Finished(0, json.dumps(self.answers[argv[verb + 1]]).encode(), "")
        text = self.logs["--previous" in argv]
        return Finished(0 if text else 1, text.encode(), "" if text else "previous terminated container not found")


def cause(cluster):
    found = diagnose(Evidence(FAILED, Kubectl(run=cluster).clues(DEPLOYMENT, MADE)))
    return found.cause if found else None


OOM = {"exitCode": 137, "reason": "OOMKilled"}
CRASHED = {"exitCode": 1, "reason": "Error"}
LOOP = {"reason": "CrashLoopBackOff", "message": "back-off 40s restarting failed container=api-server"}
PULL = {"reason": "ErrImagePull", "message": "rpc error: code = NotFound desc = failed to pull and unpack image"}


@pytest.mark.parametrize(
    ("cluster", "expected"),
    [
        (FakeCluster([pod(container(PULL))]), Cause.IMAGE_PULL),
        (FakeCluster([pod(container({**PULL, "message": "x: not found"}))]), Cause.IMAGE_MISSING),
        (FakeCluster([pod(container(LOOP, OOM))]), Cause.OUT_OF_MEMORY),
        (FakeCluster([pod(container(LOOP, CRASHED))], log="exec /usr/bin/x: exec format error\n"), Cause.ARCHITECTURE),
        (FakeCluster([pod(container(LOOP, CRASHED))], previous="KeyError: 'TOKEN'\n"), Cause.CRASH),
        (FakeCluster([pod(container(terminated=CRASHED))]), Cause.CRASH),
        (
            FakeCluster([pod(container(running={}))], [event("Unhealthy", "Readiness probe failed: 503")]),
            Cause.NOT_READY,
        ),
        (
            FakeCluster(
                [
                    pod(
                        conditions=[
                            {
                                "type": "PodScheduled",
                                "status": "False",
                                "reason": "Unschedulable",
                                "message": "0/3 nodes are available: 3 Insufficient memory.",
                            }
                        ]
                    )
                ]
            ),
            Cause.UNSCHEDULABLE,
        ),
        (
            FakeCluster([pod(container({"reason": "CreateContainerConfigError", "message": 'secret "db" not found'}))]),
            Cause.CONFIGURATION,
        ),
        (FakeCluster([pod(container({"reason": "ContainerCreating"}))]), None),
        (FakeCluster([pod(container(running={}))], [event("Pulled", "exec format error", "Normal")]), None),
        (FakeCluster(), None),
    ],
)
def test_each_way_a_pod_can_fail_leads_to_its_cause(cluster, expected):
    assert cause(cluster) is expected


def test_a_crash_is_told_with_its_last_words_also_those_of_the_run_before():
    cluster = FakeCluster([pod(container(LOOP, CRASHED))], log="", previous="Traceback\n  ...\nKeyError: 'TOKEN'\n\n")
    (clue,) = Kubectl(run=cluster).clues(DEPLOYMENT, MADE)
    assert clue.source is Source.POD
    assert clue.text.endswith("it ended with exit code 1 (Error); its log says: KeyError: 'TOKEN'")


@pytest.mark.parametrize(
    ("log", "words"),
    [
        ("KeyError: 'MODEL'\n [uvicorn.error]\nApplication startup failed. Exiting.\n", "KeyError: 'MODEL'"),
        ("ValueError: a\nthe cause of\nx.errors.GraphLoadError: b\nexiting\n", "x.errors.GraphLoadError: b"),
        ("no Error: here\nbye\n", "bye"),
        ("KeyboardInterrupt\n", "KeyboardInterrupt"),
    ],
)
def test_the_exception_that_ended_it_says_more_than_the_line_after_it(log, words):
    (clue,) = Kubectl(run=FakeCluster([pod(container(LOOP, CRASHED))], log=log)).clues(DEPLOYMENT, MADE)
    assert clue.text.endswith(f"its log says: {words}")


@pytest.mark.parametrize(
    "other",
    [
        pod(container(LOOP, OOM), created="2026-11-02T11:59:00Z"),
        pod(container(LOOP, OOM), name="greeter-of-someone-else-6d5f9"),
    ],
    ids=["an earlier revision's", "another deployment's"],
)
def test_pods_that_are_not_of_the_revision_say_nothing_about_it(other):
    cluster = FakeCluster([other], [event("BackOff", "Back-off restarting", name=other["metadata"]["name"])])
    assert Kubectl(run=cluster).clues(DEPLOYMENT, MADE) == ()


def test_without_a_time_every_pod_of_the_deployment_counts():
    old = pod(container(LOOP, OOM), created="2020-01-01T00:00:00Z")
    assert Kubectl(run=FakeCluster([old])).clues(DEPLOYMENT, None)


def test_only_reading_is_asked_for_in_the_namespace_and_context_and_with_a_time_limit():
    cluster = FakeCluster([pod(container(LOOP, CRASHED))], previous="x\n")
    Kubectl("prod", cluster).clues(DEPLOYMENT, MADE)
    assert {line[3] for line in cluster.asked} == {"get", "logs"}
    for line in cluster.asked:
        assert line[:3] == ["kubectl", "--context", "prod"]
        assert ("--namespace", "agents") in itertools.pairwise(line)
        assert "--request-timeout=10s" in line


def fails(**outcome):
    def run(argv, **_):
        if "error" in outcome:
            raise outcome["error"]
        return Finished(outcome.get("code", 0), outcome.get("out", b""), "Forbidden")

    return run


@pytest.mark.parametrize(
    "run",
    [
        fails(error=FileNotFoundError("kubectl")),
        fails(error=TimeoutError()),
        fails(code=1),
        fails(out=b"not json"),
        fails(out=b"{}"),
        fails(out=b'{"items": [{}]}'),
    ],
    ids=["not installed", "silent", "forbidden", "no JSON", "no list", "no Pod"],
)
def test_a_cluster_that_cannot_be_asked_gives_no_clues_and_no_error(run):
    assert Kubectl(run=run).clues(DEPLOYMENT, MADE) == ()


def test_without_a_namespace_there_is_nothing_to_ask():
    cluster = FakeCluster()
    assert Kubectl(run=cluster).clues(Deployment(ID, "greeter", {}, None), MADE) == ()
    assert not cluster.asked


@pytest.mark.parametrize(
    ("environ", "context", "looks"),
    [({}, None, False), ({"KUBECONFIG": "/k"}, None, True), ({}, "prod", True), ({"KUBECONFIG": ""}, None, False)],
)
def test_a_cluster_is_looked_into_only_when_one_is_named(environ, context, looks):
    found = cluster_of(environ, context)
    assert (found is not None) == looks
    assert found is None or found.context == context
