"""What tests can order: faults, held revisions, pruned ones; and what the request log keeps."""

from __future__ import annotations

import httpx2
import pytest


def test_an_ordered_error_hits_as_often_as_ordered_and_nothing_else(world):
    order = {"method": "GET", "path": "/v2/listeners", "status": 429, "times": 2, "retry_after": 3}
    assert world.http.post("/_sandbox/faults", json=order).status_code == 201
    assert world.http.get("/v2/deployments").status_code == 200
    first, second, third = (world.http.get("/api-host/v2/listeners") for _ in range(3))
    assert [first.status_code, second.status_code, third.status_code] == [429, 429, 200]
    assert first.headers["Retry-After"] == "3"


def test_an_answer_can_be_lost_after_the_work_was_done(world):
    world.http.post(
        "/_sandbox/faults", json={"method": "POST", "path": "/v2/listeners", "status": 502, "when": "after"}
    )
    body = {"compute_type": "k8s", "compute_id": "c", "compute_config": {"k8s_namespaces": []}}
    assert world.http.post("/v2/listeners", json=body).status_code == 502
    assert len(world.http.get("/v2/listeners").json()["resources"]) == 1, "the listener was made all the same"


def test_faults_can_be_listed_and_cancelled_and_bad_patterns_are_refused(world):
    world.http.post("/_sandbox/faults", json={"status": 500})
    assert len(world.http.get("/_sandbox/faults").json()) == 1
    world.http.delete("/_sandbox/faults")
    assert world.http.get("/v2/listeners").status_code == 200
    assert world.http.post("/_sandbox/faults", json={"path": "("}).status_code == 422


def test_chance_hits_as_often_as_told_and_the_same_requests_for_the_same_seed(world):
    def outcomes():
        world.http.delete("/_sandbox/faults")
        order = {"status": 500, "times": None, "probability": 0.3, "seed": 7}
        assert world.http.post("/_sandbox/faults", json=order).status_code == 201
        return [world.http.get("/v2/listeners").status_code for _ in range(60)]

    first = outcomes()
    assert 10 <= first.count(500) <= 26, "about 30 of 100"
    assert outcomes() == first
    assert world.http.get("/_sandbox/faults").json()[0]["times"] is None, "it stays until it is cancelled"


def test_several_orders_by_chance_each_get_their_share(world):
    for status in (500, 502):
        order = {"status": status, "times": None, "probability": 0.5, "seed": status}
        world.http.post("/_sandbox/faults", json=order)
    assert {world.http.get("/v2/listeners").status_code for _ in range(40)} == {200, 500, 502}


@pytest.mark.parametrize("chance", [0, 1.5])
def test_a_chance_that_is_none_is_refused(world, chance):
    assert world.http.post("/_sandbox/faults", json={"probability": chance}).status_code == 422


@pytest.mark.parametrize("when", ["before", "after"])
def test_silence_outlasts_a_client_and_the_work_is_done_or_not_as_ordered(world, when):
    listener = {"compute_type": "k8s", "compute_id": "c", "compute_config": {"k8s_namespaces": []}}
    world.http.post("/_sandbox/faults", json={"method": "POST", "silence": 60, "when": when})
    with world.on_a_socket() as url:
        with pytest.raises(httpx2.ReadTimeout):
            httpx2.post(f"{url}/v2/listeners", json=listener, headers=dict(world.http.headers), timeout=0.3)
        found = httpx2.get(f"{url}/v2/listeners", headers=dict(world.http.headers)).json()["resources"]
    assert len(found) == (1 if when == "after" else 0)


def test_silence_that_ends_is_followed_by_what_was_ordered(world):
    world.http.post("/_sandbox/faults", json={"status": 504, "silence": 0.05})
    assert world.http.get("/v2/listeners").status_code == 504


def test_a_dropped_connection_is_dropped_for_a_real_client(world):
    world.http.post("/_sandbox/faults", json={"path": "/v2/listeners"})
    with world.on_a_socket() as url, pytest.raises(httpx2.TransportError):
        httpx2.get(f"{url}/v2/listeners", headers=dict(world.http.headers))
    last = world.http.get("/_sandbox/requests").json()["requests"][-1]
    assert last == {"method": "GET", "path": "/v2/listeners", "status": 0}, "a drop shows as status 0"


@pytest.mark.parametrize("status", ["CREATE_FAILED", "BUILD_FAILED", "DEPLOY_FAILED", "INTERRUPTED", "UNKNOWN"])
def test_a_revision_can_be_put_into_any_status(world, status):
    deployment = world.deployment(world.listener())
    place(world, deployment, status=status, message="by order")
    world.clock.pass_seconds(3600)
    (revision,) = world.revisions(deployment)
    assert (revision["status"], revision["status_message"]) == (status, "by order")


def test_a_held_revision_stands_still_whatever_the_clock_says(world):
    deployment = world.deployment(world.listener())
    place(world, deployment, status="QUEUED", held=True)
    world.clock.pass_seconds(3600)
    assert world.revisions(deployment)[0]["status"] == "QUEUED"
    place(world, deployment, status="QUEUED")
    world.clock.pass_seconds(1)
    assert world.revisions(deployment)[0]["status"] == "AWAITING_DEPLOY"


def test_a_pruned_revision_is_404_while_its_deployment_stays(world):
    deployment = world.deployment(world.listener())
    revision = deployment["latest_revision_id"]
    assert world.http.delete(f"/_sandbox/deployments/{deployment['id']}/revisions/{revision}").status_code == 204
    assert world.http.get(f"/v2/deployments/{deployment['id']}/revisions/{revision}").status_code == 404
    assert world.get(deployment)["source_revision_config"]["image_uri"]


def test_a_switch_that_is_none_is_refused(world):
    assert world.http.put("/_sandbox/switches", json={"nonsense": True}).status_code == 422


def test_the_request_log_holds_method_path_and_status_and_nothing_more(world):
    world.http.get("/v2/listeners", params={"limit": 1})
    world.http.post("/v2/listeners", json={"secret": "in a body"})
    log = world.http.get("/_sandbox/requests").json()
    assert log == {
        "count": 2,
        "requests": [
            {"method": "GET", "path": "/v2/listeners", "status": 200},
            {"method": "POST", "path": "/v2/listeners", "status": 422},
        ],
    }
    world.http.delete("/_sandbox/requests")
    assert world.http.get("/_sandbox/requests").json() == {"count": 0, "requests": []}


def place(world, deployment, **placed):
    revision = deployment["latest_revision_id"]
    answer = world.http.put(f"/_sandbox/deployments/{deployment['id']}/revisions/{revision}", json=placed)
    assert answer.status_code == 200, answer.text
