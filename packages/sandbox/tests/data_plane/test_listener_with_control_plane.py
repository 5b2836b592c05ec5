"""The listener and the operator against the sandbox's own control plane: only the cluster is imitated."""

from __future__ import annotations

import datetime as dt
import hashlib
import json
import uuid
from pathlib import Path

import pytest
from fastapi.testclient import TestClient

from langsmith_sandbox.control_plane.access import Access
from langsmith_sandbox.control_plane.app import create_app
from langsmith_sandbox.control_plane.plane import Plane
from langsmith_sandbox.control_plane.store import Store
from langsmith_sandbox.data_plane.control_plane_link import HttpControlPlane
from langsmith_sandbox.data_plane.delivery import Deliveries
from langsmith_sandbox.data_plane.errors import RefusedError
from langsmith_sandbox.data_plane.health import Health
from langsmith_sandbox.data_plane.lgp import LGP_LABEL, REVISION_LABEL, Exposure
from langsmith_sandbox.data_plane.listener import Listener
from langsmith_sandbox.data_plane.operator import Operator, Settings

KEY, TENANT = "lsv2-canary-key", "22222222-2222-4222-8222-222222222222"
EXPOSURE = Exposure("localhost:34567", tls=False)
IMAGE = "registry.example/agent@sha256:"


class Story:
    """Everything between the API's user and the Pods."""

    def __init__(self, http, cluster, clock):
        self.http = http
        self.cluster = cluster
        self.clock = clock
        body = {"compute_type": "k8s", "compute_id": "c", "compute_config": {"k8s_namespaces": ["agents"]}}
        self.listener_id = http.post("/v2/listeners", json=body).json()["id"]
        self.health = Health()
        self.listener = self.make_listener(self.listener_id, KEY, TENANT)
        settings = Settings(("agents",), None, None, EXPOSURE, False, Path("unused"), "127.0.0.1", 0, 180, 1, "0.1.60")
        self.operator = Operator(cluster, cluster, settings, clock=clock)

    def make_listener(self, listener_id, key, tenant):
        """A listener as the chart's values would configure it."""
        link = HttpControlPlane(
            "http://testserver/api-host", listener_id, api_key=key, tenant_id=tenant, transport=self.http._transport
        )
        deliveries = Deliveries(link, self.cluster, None, exposure=EXPOSURE, namespaces=("agents",), clock=self.clock)
        return Listener(link, deliveries, self.health, namespaces=("agents",), clock=lambda: 0.0)

    def create(self, image=IMAGE + "a" * 64):
        """Asks for a deployment."""
        body = {
            "name": "hello",
            "source": "external_docker",
            "source_config": {
                "resource_spec": {},
                "listener_id": self.listener_id,
                "listener_config": {"k8s_namespace": "agents"},
            },
            "source_revision_config": {"image_uri": image},
            "secrets": [{"name": "TOKEN", "value": "canary-secret"}],
        }
        answer = self.http.post("/v2/deployments", json=body)
        assert answer.status_code == 201, answer.text
        return answer.json()["id"]

    def turn(self):
        """A second passes: the listener polls, the operator reconciles."""
        self.clock.pass_seconds(1)
        self.listener.poll()
        self.operator.round()

    def lgp(self):
        """The only LGP."""
        (only,) = self.cluster.select("LGP", "agents")
        return only

    def finish(self):
        """The Pods get ready."""
        self.cluster.roll_out(self.lgp()["metadata"]["name"])
        self.turn()
        self.turn()

    def deployment(self, identifier):
        """The deployment as its user sees it."""
        return self.http.get(f"/v2/deployments/{identifier}").json()

    def newest(self, identifier):
        """The newest revision as its user sees it."""
        return self.http.get(f"/v2/deployments/{identifier}/revisions").json()["resources"][0]


@pytest.fixture
def story(tmp_path, cluster, clock):
    access = Access({hashlib.sha256(KEY.encode()).hexdigest(): frozenset({uuid.UUID(TENANT)})})
    plane = Plane(Store(tmp_path), access, clock=clock)
    with TestClient(create_app(plane), headers={"X-Api-Key": KEY, "X-Tenant-Id": TENANT}) as http:
        yield Story(http, cluster, clock)
    plane.store.close()


def test_a_deployment_goes_from_request_to_url_and_back_to_nothing(story):
    identifier = story.create()
    story.turn()
    story.turn()
    assert story.newest(identifier)["status"] == "DEPLOYING"
    story.finish()
    served = story.deployment(identifier)
    assert served["active_revision_id"] == served["latest_revision_id"]
    assert served["source_config"]["custom_url"].startswith("http://localhost:34567/lgp/hello-")
    story.http.delete(f"/v2/deployments/{identifier}")
    story.turn()
    assert story.deployment(identifier)["status"] == "AWAITING_DELETE", "not gone before its Pods are"
    story.cluster.collect()
    story.turn()
    assert story.http.get(f"/v2/deployments/{identifier}").status_code == 404
    assert story.cluster.objects == {}, "nothing is left in the cluster"


def test_a_broken_revision_fails_with_its_cause_and_the_old_one_is_put_back(story):
    identifier = story.create()
    story.turn()
    story.turn()
    story.finish()
    good = story.deployment(identifier)["active_revision_id"]
    change = {"source_revision_config": {"image_uri": IMAGE + "b" * 64}}
    story.http.patch(f"/v2/deployments/{identifier}", json=change)
    story.turn()
    story.turn()
    name = story.lgp()["metadata"]["name"]
    bad = story.newest(identifier)["id"]
    waiting = {"reason": "ImagePullBackOff", "message": "manifest unknown"}
    status = {"containerStatuses": [{"name": "api-server", "image": IMAGE + "b" * 64, "state": {"waiting": waiting}}]}
    story.cluster.run_pod({LGP_LABEL: name, REVISION_LABEL: bad}, status)
    story.turn()
    story.turn()
    failed = story.newest(identifier)
    assert (failed["id"], failed["status"]) == (bad, "DEPLOY_FAILED")
    assert "manifest unknown" in failed["status_message"]
    story.turn()
    assert story.lgp()["metadata"]["labels"][REVISION_LABEL] == good
    assert story.deployment(identifier)["active_revision_id"] == good


def test_secret_values_reach_the_cluster_in_a_secret_and_in_nothing_else(story):
    story.create()
    story.turn()
    story.turn()
    holding = [kind for (kind, _, _), each in story.cluster.objects.items() if "canary-secret" in json.dumps(each)]
    assert holding == [], "Secrets hold it in base64, everything else not at all"
    assert len(story.cluster.select("Secret", "agents")) == 1


@pytest.mark.parametrize(
    ("listener_id", "key", "tenant", "status", "named"),
    [
        (None, "lsv2-wrong", TENANT, 401, "API key"),
        (None, KEY, "44444444-4444-4444-8444-444444444444", 403, "workspace"),
        ("33333333-3333-4333-8333-333333333333", KEY, TENANT, 404, "listener"),
    ],
)
def test_a_wrong_key_workspace_or_listener_deploys_nothing_and_says_why(story, listener_id, key, tenant, status, named):
    identifier = story.create()
    story.listener = story.make_listener(listener_id or story.listener_id, key, tenant)
    story.turn()
    story.turn()
    assert f"refused with {status}" in story.health.reason
    assert named.lower() in story.health.reason.lower()
    assert story.cluster.objects == {}
    assert story.newest(identifier)["status"] == "AWAITING_DEPLOY"


def test_validation_answers_are_put_into_words(story):
    link = HttpControlPlane(
        "http://testserver", "not-a-uuid", api_key=KEY, tenant_id=TENANT, transport=story.http._transport
    )
    with pytest.raises(RefusedError, match="valid UUID") as refusal:
        link.work()
    assert refusal.value.status == 422


def test_heartbeats_arrive_with_what_the_data_plane_watches(story):
    story.turn()
    (shown,) = story.http.get("/_sandbox/listeners").json()["listeners"]
    assert shown["heartbeat"]["k8s_namespaces"] == ["agents"]
    assert dt.datetime.fromisoformat(shown["heartbeat"]["at"]) == story.clock()
