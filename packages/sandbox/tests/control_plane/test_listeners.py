"""Listeners: unique by workspace and compute ID, patched in place, scoped, and paged."""

from __future__ import annotations

import pytest

UNKNOWN = "33333333-3333-4333-8333-333333333333"


def body(compute_id="cluster", namespaces=("agents",)):
    return {"compute_type": "k8s", "compute_id": compute_id, "compute_config": {"k8s_namespaces": list(namespaces)}}


def test_a_created_listener_is_read_back_as_it_was_answered(world):
    created = world.http.post("/v2/listeners", json={**body(), "version": "1", "unknown": "ignored"})
    assert created.status_code == 201
    assert world.http.get(f"/v2/listeners/{created.json()['id']}").json() == created.json()
    assert created.json()["compute_config"] == {"k8s_namespaces": ["agents"]}


def test_the_same_compute_id_twice_is_a_conflict_in_the_official_words(world):
    world.listener("cluster")
    answer = world.http.post("/v2/listeners", json=body("cluster"))
    assert answer.status_code == 409
    assert answer.json()["detail"] == (
        "Listener for LangSmith workspace ID '11111111-1111-4111-8111-111111111111' "
        "and compute ID 'cluster' already exists."
    )


def test_a_patch_changes_namespaces_and_leaves_identity_and_the_rest_alone(world):
    listener = world.listener("cluster", ("a",))
    world.clock.pass_seconds(1)
    change = {"compute_config": {"k8s_namespaces": ["a", "b"]}, "compute_id": "other", "compute_type": "ecs"}
    answer = world.http.patch(f"/v2/listeners/{listener}", json=change)
    assert answer.status_code == 200
    patched = answer.json()
    assert patched["compute_config"]["k8s_namespaces"] == ["a", "b"]
    assert (patched["compute_id"], patched["compute_type"]) == ("cluster", "k8s"), "identity is immutable"
    assert patched["updated_at"] > patched["created_at"]
    unchanged = world.http.patch(f"/v2/listeners/{listener}", json={"version": "2"}).json()
    assert unchanged["compute_config"]["k8s_namespaces"] == ["a", "b"], "what is omitted stays"


@pytest.mark.parametrize("method", ["GET", "PATCH", "DELETE"])
def test_a_listener_that_is_not_there_is_404_in_the_official_words(world, method):
    answer = world.http.request(method, f"/v2/listeners/{UNKNOWN}", json={} if method == "PATCH" else None)
    assert (answer.status_code, answer.json()["detail"]) == (404, f"Listener ID {UNKNOWN} not found.")


def test_an_id_that_is_no_uuid_is_422_in_fastapis_list_form_without_the_input(world):
    answer = world.http.get("/v2/listeners/nope")
    assert answer.status_code == 422
    (problem,) = answer.json()["detail"]
    assert (problem["loc"], problem["type"]) == (["path", "listener_id"], "uuid_parsing")
    assert "input" not in problem, "validation answers must never repeat what was sent"


@pytest.mark.parametrize("change", [{"compute_type": "ecs"}, {"compute_id": None}, {"compute_config": None}])
def test_a_listener_without_what_the_schema_requires_is_422(world, change):
    assert world.http.post("/v2/listeners", json={**body(), **change}).status_code == 422


def test_deleting_answers_204_and_only_once(world):
    listener = world.listener()
    assert world.http.delete(f"/v2/listeners/{listener}").status_code == 204
    assert world.http.delete(f"/v2/listeners/{listener}").status_code == 404


def test_pages_cover_more_than_a_hundred_listeners_exactly_once_and_offset_counts_resources(world):
    made = [world.listener(f"cluster-{number}") for number in range(105)]
    seen, offset = [], 0
    while True:
        page = world.http.get("/v2/listeners", params={"limit": 50, "offset": offset}).json()
        seen += [each["id"] for each in page["resources"]]
        assert page["offset"] == len(seen), "the answer's offset is where the next page starts"
        if len(page["resources"]) < 50:
            break
        offset = page["offset"]
    assert seen == made
    assert len(world.http.get("/v2/listeners").json()["resources"]) == 20, "the default limit"


@pytest.mark.parametrize("query", [{"limit": 0}, {"limit": 101}, {"offset": -1}, {"limit": "x"}])
def test_a_page_outside_the_bounds_is_422(world, query):
    assert world.http.get("/v2/listeners", params=query).status_code == 422


def test_another_workspace_sees_nothing_of_this_ones_listeners(world):
    listener = world.listener("cluster")
    elsewhere = {"X-Tenant-Id": "22222222-2222-4222-8222-222222222222"}
    assert world.http.get("/v2/listeners", headers=elsewhere).json()["resources"] == []
    assert world.http.get(f"/v2/listeners/{listener}", headers=elsewhere).status_code == 404
    assert world.http.delete(f"/v2/listeners/{listener}", headers=elsewhere).status_code == 404
    again = world.http.post("/v2/listeners", json=body("cluster"), headers=elsewhere)
    assert again.status_code == 201, "compute IDs are unique within a workspace only"


def test_deleting_a_listener_orphans_its_deployments_unless_the_switch_refuses(world):
    listener = world.listener()
    deployment = world.deployment(listener)
    world.http.put("/_sandbox/switches", json={"listener_delete": "refuse"})
    refused = world.http.delete(f"/v2/listeners/{listener}")
    assert refused.status_code == 409
    assert "hello" in refused.json()["detail"], "the deployments in the way are named"
    world.http.put("/_sandbox/switches", json={"listener_delete": "orphan"})
    assert world.http.delete(f"/v2/listeners/{listener}").status_code == 204
    assert world.get(deployment)["source_config"]["listener_id"] == listener


def test_without_the_plan_every_listener_call_gets_the_documented_403(world):
    listener = world.listener()
    world.http.put("/_sandbox/switches", json={"listeners_allowed": False})
    calls = [
        ("GET", f"/v2/listeners/{listener}", None),
        ("PATCH", f"/v2/listeners/{listener}", {}),
        ("DELETE", f"/v2/listeners/{listener}", None),
        ("POST", "/v2/listeners", body("new")),
    ]
    for method, path, content in calls:
        answer = world.http.request(method, path, json=content)
        assert answer.status_code == 403, f"{method} {path}"
        assert answer.json()["detail"].startswith("Listeners cannot be created for LangSmith workspace ID")


def test_heartbeats_show_when_a_data_plane_was_last_alive(world):
    listener = world.listener()
    url = f"/internal/v1/listeners/{listener}/heartbeat"
    assert world.http.post(url, json={"version": "0.16.36", "k8s_namespaces": ["agents"]}).status_code == 204
    (shown,) = world.http.get("/_sandbox/listeners").json()["listeners"]
    assert shown["heartbeat"] == {
        "at": "2026-11-01T12:00:00Z",
        "version": "0.16.36",
        "k8s_namespaces": ["agents"],
    }


def test_a_listener_of_nobody_gets_no_work_and_no_heartbeat(world):
    for method, path in [("GET", "deployments"), ("POST", "heartbeat")]:
        answer = world.http.request(method, f"/internal/v1/listeners/{UNKNOWN}/{path}", json={})
        assert (answer.status_code, answer.json()["detail"]) == (404, f"Listener ID {UNKNOWN} not found.")


def test_listeners_survive_a_restart_of_the_control_plane(world):
    listener = world.listener()
    with world.restarted() as again:
        assert again.http.get(f"/v2/listeners/{listener}").json() == world.http.get(f"/v2/listeners/{listener}").json()
