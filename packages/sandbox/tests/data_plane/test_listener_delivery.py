"""One deployment's way into the cluster, step by step, and every way it can fail."""

from __future__ import annotations

import dataclasses
import datetime as dt

import pytest

from langsmith_sandbox.data_plane.delivery import Deliveries, Limits
from langsmith_sandbox.data_plane.errors import ClusterRefusedError
from langsmith_sandbox.data_plane.lgp import Exposure, name_of, secret_name

EXPOSURE = Exposure("localhost:34567", tls=False)
LIMITS = Limits(rollout=dt.timedelta(seconds=300), reach=dt.timedelta(seconds=60), repair=dt.timedelta(seconds=60))


class Reports:
    """A control plane that only listens."""

    def __init__(self):
        self.said = []
        self.gone = []

    def heartbeat(self, version, namespaces): ...

    def work(self):
        return []

    def report(self, deployment_id, revision_id, status, message="", url=""):
        self.said.append((status, message or url))

    def deleted(self, deployment_id):
        self.gone.append(deployment_id)


@pytest.fixture
def reports():
    return Reports()


@pytest.fixture
def answers():
    """What the agent's URL answers; empty is well."""
    return {"problem": ""}


@pytest.fixture
def deliveries(cluster, clock, reports, answers):
    return make(cluster, clock, reports, lambda _url: answers["problem"])


def make(cluster, clock, reports, probe):
    return Deliveries(reports, cluster, probe, exposure=EXPOSURE, namespaces=("agents",), clock=clock, limits=LIMITS)


def tell(cluster, work, state, message="", *, routed=True, observed=0):
    """Speaks as the operator does."""
    lgp = cluster.objects["LGP", "agents", name_of(work)]
    lgp["status"] = {
        "observedGeneration": observed or lgp["metadata"]["generation"],
        "deploymentStatus": state,
        "conditions": [
            {"type": "Ready", "status": str(state == "Ready"), "message": message},
            {"type": "Routed", "status": str(routed), "message": "" if routed else "no way there."},
        ],
    }


def deploying(work):
    """The same work as the next poll brings it."""
    return dataclasses.replace(work, revision=dataclasses.replace(work.revision, status="DEPLOYING"))


def test_taking_a_revision_up_is_reported_before_anything_is_written(cluster, clock, reports, work_of):
    written_at_report = []

    class Watching(Reports):
        def report(self, *args, **kwargs):
            written_at_report.append(list(cluster.writes))

    make(cluster, clock, Watching(), None).step(work_of())
    assert written_at_report == [[]], "from the report on, only the listener can say that nothing is left"
    assert [kind for kind, _ in cluster.writes] == ["Secret", "LGP"], "the LGP's Pods need the Secret"


def test_a_ready_agent_that_answers_is_reported_with_its_url(cluster, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Ready")
    deliveries.step(deploying(work))
    assert reports.said == [
        ("DEPLOYING", ""),
        ("DEPLOYED", "http://localhost:34567/lgp/hello-6bdccbe86c8343c4a4db18b14ac28574"),
    ]


def test_a_status_about_an_older_specification_is_not_believed(cluster, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Ready", observed=-1)
    deliveries.step(deploying(work))
    assert [status for status, _ in reports.said] == ["DEPLOYING"]


def test_the_operators_cause_of_a_failure_is_passed_on_word_for_word(cluster, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Failed", "The image x could not be pulled (ImagePullBackOff): manifest unknown.")
    deliveries.step(deploying(work))
    assert reports.said[-1] == (
        "DEPLOY_FAILED",
        "The image x could not be pulled (ImagePullBackOff): manifest unknown.",
    )


def test_a_namespace_that_is_not_watched_fails_with_those_that_are(deliveries, reports, cluster, work_of):
    deliveries.step(work_of(namespace="elsewhere"))
    ((status, message),) = reports.said
    assert status == "DEPLOY_FAILED"
    assert "'elsewhere' is not watched" in message
    assert "agents" in message
    assert cluster.objects == {}, "nothing may be written outside the watched namespaces"


def test_an_agent_that_does_not_answer_at_its_url_fails_after_a_while(
    cluster, clock, deliveries, reports, answers, work_of
):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Ready")
    answers["problem"] = "status 404"
    deliveries.step(deploying(work))
    clock.pass_seconds(59)
    deliveries.step(deploying(work))
    assert [status for status, _ in reports.said] == ["DEPLOYING"], "a route takes a moment"
    clock.pass_seconds(1)
    deliveries.step(deploying(work))
    status, message = reports.said[-1]
    assert status == "DEPLOY_FAILED"
    assert "/ok does not answer: status 404" in message


def test_no_route_fails_at_once_when_the_url_is_checked(cluster, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Ready", routed=False)
    deliveries.step(deploying(work))
    assert reports.said[-1] == (
        "DEPLOY_FAILED",
        "The agent's Pods are ready, but no route leads to them: no way there.",
    )


def test_without_the_health_check_ready_pods_are_enough(cluster, clock, reports, work_of):
    work = work_of()
    deliveries = make(cluster, clock, reports, None)
    deliveries.step(work)
    tell(cluster, work, "Ready", routed=False)
    deliveries.step(deploying(work))
    assert reports.said[-1][0] == "DEPLOYED"


def test_an_operator_that_says_nothing_is_not_waited_for_for_ever(cluster, clock, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    clock.pass_seconds(300)
    deliveries.step(deploying(work))
    clock.pass_seconds(1)
    deliveries.step(deploying(work))
    status, message = reports.said[-1]
    assert status == "DEPLOY_FAILED"
    assert "operator reported nothing" in message


def test_a_deployed_agent_is_left_alone_until_something_of_it_is_missing(cluster, clock, deliveries, reports, work_of):
    served = work_of(status="DEPLOYED")
    deliveries.step(served)
    cluster.writes.clear()
    deliveries.step(served)
    assert cluster.writes == []
    del cluster.objects["LGP", "agents", name_of(served)]
    deliveries.step(served)
    assert ("LGP", name_of(served)) in cluster.writes, "deleted by hand, it comes back"
    cluster.writes.clear()
    clock.pass_seconds(60)
    deliveries.step(served)
    assert len(cluster.writes) == 2, "changes by hand are undone in time"
    assert reports.said == [], "what is deployed is not reported again"


def test_a_listener_that_restarts_takes_a_running_rollout_over(cluster, clock, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    tell(cluster, work, "Ready")
    successor = make(cluster, clock, reports, lambda _url: "")
    successor.step(deploying(work))
    successor.step(deploying(work))
    assert reports.said[-1][0] == "DEPLOYED"


def test_going_back_to_the_revision_that_served_rewrites_the_lgp(cluster, deliveries, work_of):
    good = work_of(status="DEPLOYED", revision_id="good", image="r/agent@sha256:good")
    deliveries.step(good)
    deliveries.step(work_of(revision_id="bad", image="r/agent@sha256:bad"))
    deliveries.step(good)
    lgp = cluster.find("LGP", "agents", name_of(good))
    assert lgp["spec"]["serverSpec"]["image"] == "r/agent@sha256:good"


def test_what_kubernetes_does_not_accept_fails_the_revision_with_its_words(cluster, deliveries, reports, work_of):
    cluster.refusals["Secret"] = ClusterRefusedError(422, "data: Invalid value")
    deliveries.step(work_of())
    assert reports.said[-1] == ("DEPLOY_FAILED", "Kubernetes did not accept the agent: data: Invalid value.")


def test_what_may_pass_is_tried_again_instead(cluster, deliveries, reports, work_of):
    cluster.refusals["LGP"] = ClusterRefusedError(0, "no answer")
    with pytest.raises(ClusterRefusedError):
        deliveries.step(work_of())
    assert [status for status, _ in reports.said] == ["DEPLOYING"]


def test_deletion_is_confirmed_only_when_nothing_is_left(cluster, deliveries, reports, work_of):
    work = work_of()
    deliveries.step(work)
    going = dataclasses.replace(work, deleting=True)
    deliveries.step(going)
    deliveries.step(going)
    assert reports.gone == [], "the LGP is still being removed"
    cluster.collect()
    deliveries.step(going)
    assert reports.gone == [work.id]
    assert cluster.find("Secret", "agents", secret_name(name_of(work))) is None


def test_deleting_what_never_was_here_is_confirmed_at_once(deliveries, reports, work_of):
    deliveries.step(work_of(deleting=True))
    deliveries.step(work_of(deleting=True, namespace="elsewhere"))
    assert len(reports.gone) == 2


def test_a_deployment_that_nothing_should_run_of_is_left_alone(cluster, deliveries, reports, work_of):
    deliveries.step(work_of(revision=None))
    assert (cluster.writes, reports.said) == ([], [])
