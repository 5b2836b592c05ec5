"""Deployments: creation, update semantics, asynchronous deletion, paging and filters."""

from __future__ import annotations

import pytest

UNKNOWN = "33333333-3333-4333-8333-333333333333"
IMAGE_2 = "registry.example/agent@sha256:" + "b" * 64


def refused(world, body):
    answer = world.http.post("/v2/deployments", json=body)
    assert answer.status_code == 400, answer.text
    return answer.json()["detail"]


def patch(world, deployment, **body):
    answer = world.http.patch(f"/v2/deployments/{deployment['id']}", json=body)
    assert answer.status_code == 200, answer.text
    return answer.json()


def revision_count(world, deployment):
    return len(world.revisions(deployment))


# Creation


def test_creation_answers_201_with_the_first_revision_listed_at_once(world):
    deployment = world.deployment(world.listener())
    assert deployment["status"] == "AWAITING_DATABASE"
    assert [each["id"] for each in world.revisions(deployment)] == [deployment["latest_revision_id"]]
    assert deployment["active_revision_id"] is None, "nothing is deployed yet"
    world.clock.pass_seconds(1)
    assert world.get(deployment)["status"] == "READY"


def test_the_server_materialises_defaults_of_resources_and_source(world):
    config = world.deployment(world.listener())["source_config"]
    assert (config["deployment_type"], config["build_on_push"]) == ("prod", False)
    spec = config["resource_spec"]
    assert (spec["min_scale"], spec["max_scale"], spec["cpu"], spec["memory_mb"]) == (1, 1, 1, 2048)
    assert (spec["cpu_limit"], spec["memory_limit_mb"]) == (None, None)


def test_a_workspace_with_listeners_demands_one_in_the_official_words(world):
    listener = world.listener()
    assert refused(world, world.creation(None)) == (
        "Source configuration error: 'source_config.listener_id' is required for workspace "
        f"with available listener IDs: ['{listener}']"
    )


def test_a_workspace_without_listeners_takes_a_deployment_without_one(world):
    assert world.deployment(None)["source_config"]["listener_id"] is None


@pytest.mark.parametrize("namespace", ["elsewhere", None])
def test_a_namespace_the_listener_does_not_have_is_rejected_unless_switched_off(world, namespace):
    body = world.creation(world.listener())
    body["source_config"]["listener_config"] = {"k8s_namespace": namespace}
    detail = refused(world, body)
    assert "agents" in detail, "what the listener does have is named"
    world.http.put("/_sandbox/switches", json={"namespace_check": False})
    assert world.http.post("/v2/deployments", json=body).status_code == 201


@pytest.mark.parametrize(
    ("part", "change", "named"),
    [
        ("source_config", {"resource_spec": None}, "resource_spec"),
        ("source_config", {"deployment_type": "prod"}, "deployment_type"),
        ("source_config", {"listener_id": UNKNOWN}, f"Listener ID {UNKNOWN} not found."),
        ("source_revision_config", {"image_uri": None}, "image_uri"),
        ("source_revision_config", {"langgraph_config_path": "langgraph.json"}, "langgraph_config_path"),
    ],
)
def test_a_source_configuration_that_cannot_be_deployed_is_400_naming_the_field(world, part, change, named):
    body = world.creation(world.listener())
    body[part] = {**body[part], **change}
    assert named in refused(world, body)


def test_sources_that_need_the_cloud_are_refused(world):
    assert "github" in refused(world, world.creation(world.listener(), source="github"))


@pytest.mark.parametrize("name", ["my_deployment", "Agent", "1st", "", "agent-"])
def test_names_kubernetes_cannot_carry_are_refused(world, name):
    assert f"'{name}'" in refused(world, world.creation(world.listener(), name))


@pytest.mark.parametrize(
    "spec", [{"cpu": 0.05}, {"cpu": 9}, {"cpu_limit": 17}, {"image_pull_secrets": [{"name": "Not_DNS"}]}]
)
def test_resources_outside_the_schema_are_422(world, spec):
    body = world.creation(world.listener())
    body["source_config"]["resource_spec"] = spec
    assert world.http.post("/v2/deployments", json=body).status_code == 422


def test_a_validation_error_does_not_repeat_secret_values(world):
    body = world.creation(world.listener(), secrets=[{"name": ["wrong"], "value": "s3cret-value"}])
    answer = world.http.post("/v2/deployments", json=body)
    assert answer.status_code == 422
    assert "s3cret-value" not in answer.text


def test_the_same_name_twice_meets_the_tracing_project_of_the_first(world):
    listener = world.listener()
    world.deployment(listener)
    answer = world.http.post("/v2/deployments", json=world.creation(listener))
    assert answer.status_code == 409
    assert "tracing project" in answer.json()["detail"]
    assert "already exists" in answer.json()["detail"]


# Updates


def test_a_new_image_resources_or_secrets_make_a_revision_each(world):
    deployment = world.deployment(world.listener())
    patch(world, deployment, source_revision_config={"image_uri": IMAGE_2})
    patch(world, deployment, source_config={"resource_spec": {"cpu": 2}})
    patch(world, deployment, secrets=[{"name": "A", "value": "1"}])
    assert revision_count(world, deployment) == 4


@pytest.mark.parametrize(
    "change",
    [
        {"display_name": "Hello"},
        {"source_config": {"custom_url": "https://agents.example/hello"}},
        {"source_config": {"build_on_push": True}},
        {"secrets": []},
        {"secrets": None},
        {"source_revision_config": {"image_uri": None}},
        {},
    ],
)
def test_changes_of_names_and_urls_and_empty_changes_make_no_revision(world, change):
    deployment = world.deployment(world.listener())
    patch(world, deployment, **change)
    assert revision_count(world, deployment) == 1


def test_resources_are_replaced_whole_and_nulls_are_the_defaults(world):
    body = world.creation(world.listener())
    body["source_config"]["resource_spec"] = {"cpu": 2.04, "memory_mb": 4096}
    deployment = world.http.post("/v2/deployments", json=body).json()
    assert deployment["source_config"]["resource_spec"]["cpu"] == 2.0, "rounded to one decimal"
    spec = patch(world, deployment, source_config={"resource_spec": {"cpu": None, "max_scale": 3}})["source_config"]
    assert (spec["resource_spec"]["cpu"], spec["resource_spec"]["memory_mb"]) == (1, 2048)
    assert spec["resource_spec"]["max_scale"] == 3


def test_secrets_replace_the_whole_environment_and_an_empty_list_keeps_it(world):
    deployment = world.deployment(world.listener(), secrets=[{"name": "A", "value": "1"}, {"name": "B", "value": "2"}])
    replaced = patch(world, deployment, secrets=[{"name": "C", "value": "3"}])
    assert replaced["secrets"] == [{"name": "C", "value": "3"}]
    assert patch(world, deployment, secrets=[])["secrets"] == [{"name": "C", "value": "3"}]


def test_secret_references_are_kept_when_omitted_and_cleared_by_an_empty_list(world):
    reference = {"name": "DSN", "secret_name": "database", "secret_key": "uri"}
    deployment = world.deployment(world.listener(), secret_references=[reference])
    assert patch(world, deployment, display_name="x")["secret_references"] == [reference]
    assert patch(world, deployment, secret_references=[])["secret_references"] == []


@pytest.mark.parametrize("field", ["custom_url", "display_name"])
def test_urls_and_display_names_cannot_be_cleared(world, field):
    deployment = world.deployment(world.listener())
    where = "source_config" if field == "custom_url" else None
    patch(world, deployment, **({where: {field: "kept"}} if where else {field: "kept"}))
    after = patch(world, deployment, **({where: {field: None}} if where else {field: None}))
    assert (after[where] if where else after)[field] == "kept"


def test_an_empty_display_name_is_422(world):
    deployment = world.deployment(world.listener())
    answer = world.http.patch(f"/v2/deployments/{deployment['id']}", json={"display_name": ""})
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "config",
    [{"listener_id": UNKNOWN}, {"listener_config": {"k8s_namespace": "other"}}, {"deployment_type": "dev"}],
)
def test_a_deployment_cannot_be_moved(world, config):
    deployment = world.deployment(world.listener())
    answer = world.http.patch(f"/v2/deployments/{deployment['id']}", json={"source_config": config})
    assert answer.status_code == 400
    assert "cannot be changed" in answer.json()["detail"]


def test_name_and_source_in_a_patch_are_ignored_as_unknown_fields(world):
    deployment = world.deployment(world.listener())
    after = patch(world, deployment, name="other", source="github")
    assert (after["name"], after["source"]) == ("hello", "external_docker")


def test_posting_a_revision_always_makes_one_and_answers_with_it(world):
    deployment = world.deployment(world.listener())
    url = f"/v2/deployments/{deployment['id']}/revisions"
    answer = world.http.post(url, json={"source_revision_config": {}, "secrets": [{"name": "N", "value": "v"}]})
    assert answer.status_code == 201
    assert answer.json()["id"] == world.get(deployment)["latest_revision_id"]
    assert answer.json()["source_revision_config"]["image_uri"] == deployment["source_revision_config"]["image_uri"]
    assert world.get(deployment)["secrets"] == [{"name": "N", "value": "v"}]


def test_secret_values_can_be_left_out_as_some_versions_do(world):
    deployment = world.deployment(world.listener())
    world.http.put("/_sandbox/switches", json={"secret_values": False})
    assert world.get(deployment)["secrets"] == [{"name": "TOKEN"}]


@pytest.mark.parametrize(("path", "source"), [("push-token", "internal_docker"), ("upload-url", "internal_source")])
def test_what_only_other_sources_have_is_refused_by_name(world, path, source):
    deployment = world.deployment(world.listener())
    answer = world.http.post(f"/v2/deployments/{deployment['id']}/{path}", json={})
    assert answer.status_code == 400
    assert f"only available for '{source}' source deployments" in answer.json()["detail"]


# Deletion


def test_deleting_waits_for_the_data_plane_once_it_took_the_deployment_up(world):
    deployment = world.deployment(world.listener())
    world.deploy(deployment, deployment["latest_revision_id"])
    assert world.http.delete(f"/v2/deployments/{deployment['id']}").status_code == 204
    world.clock.pass_seconds(3600)
    assert world.get(deployment)["status"] == "AWAITING_DELETE"
    assert world.http.post(f"/internal/v1/deployments/{deployment['id']}/deleted").status_code == 204
    gone = world.http.get(f"/v2/deployments/{deployment['id']}")
    assert (gone.status_code, gone.json()["detail"]) == (404, f"Deployment ID {deployment['id']} not found.")


def test_a_deployment_no_data_plane_ever_saw_is_gone_after_a_moment(world):
    deployment = world.deployment(world.listener())
    world.http.delete(f"/v2/deployments/{deployment['id']}")
    assert world.get(deployment)["status"] == "AWAITING_DELETE", "deletion is asynchronous even then"
    world.clock.pass_seconds(1)
    assert world.http.get(f"/v2/deployments/{deployment['id']}").status_code == 404
    assert world.http.get("/v2/deployments").json()["resources"] == []


def test_a_deployment_whose_listener_is_gone_needs_nobodys_word(world):
    listener = world.listener()
    deployment = world.deployment(listener)
    world.deploy(deployment, deployment["latest_revision_id"])
    world.http.delete(f"/v2/listeners/{listener}")
    world.http.delete(f"/v2/deployments/{deployment['id']}")
    world.clock.pass_seconds(1)
    assert world.http.get(f"/v2/deployments/{deployment['id']}").status_code == 404


def test_the_data_plane_cannot_declare_gone_what_nobody_deleted(world):
    deployment = world.deployment(world.listener())
    assert world.http.post(f"/internal/v1/deployments/{deployment['id']}/deleted").status_code == 409


def test_the_tracing_project_outlives_the_deployment_unless_deleted_with_it(world):
    listener = world.listener()
    for with_project, expected in ((False, 409), (True, 201)):
        name = f"agent-{expected}"
        deployment = world.deployment(listener, name)
        query = {"delete_tracing_project": with_project}
        world.http.delete(f"/v2/deployments/{deployment['id']}", params=query)
        world.clock.pass_seconds(2)
        assert world.http.post("/v2/deployments", json=world.creation(listener, name)).status_code == expected


def test_bulk_deletion_is_200_207_or_404_by_how_many_were_there(world):
    listener = world.listener()
    one, two = world.deployment(listener, "one")["id"], world.deployment(listener, "two")["id"]
    for identifiers, expected in (([one], 200), ([two, UNKNOWN], 207), ([UNKNOWN], 404)):
        answer = world.http.delete("/v2/deployments", params={"deployment_ids": identifiers})
        assert answer.status_code == expected
    too_many = world.http.delete("/v2/deployments", params={"deployment_ids": [UNKNOWN] * 101})
    assert too_many.status_code == 422


# Lists


def test_filters_by_name_status_and_ids_select_what_they_say(world):
    listener = world.listener()
    hello, other = world.deployment(listener, "hello"), world.deployment(listener, "hello-two")
    world.clock.pass_seconds(1)
    world.http.delete(f"/v2/deployments/{other['id']}")
    for query, names in [
        ({"name": "hello"}, ["hello"]),
        ({"name_contains": "hello"}, ["hello", "hello-two"]),
        ({"status": "READY"}, ["hello"]),
        ({"deployment_ids": f"{other['id']},{UNKNOWN}"}, ["hello-two"]),
        ({"deployment_type": "dev"}, []),
    ]:
        listed = world.http.get("/v2/deployments", params=query).json()["resources"]
        assert [each["name"] for each in listed] == names, query
    assert world.get(hello)["name"] == "hello"


def test_another_workspace_can_neither_see_nor_change_a_deployment(world):
    deployment = world.deployment(world.listener())
    elsewhere = {"X-Tenant-Id": "22222222-2222-4222-8222-222222222222"}
    assert world.http.get("/v2/deployments", headers=elsewhere).json()["resources"] == []
    for method in ("GET", "PATCH", "DELETE"):
        content = {} if method == "PATCH" else None
        answer = world.http.request(method, f"/v2/deployments/{deployment['id']}", json=content, headers=elsewhere)
        assert answer.status_code == 404, method


def test_deployments_and_their_progress_survive_a_restart(world):
    deployment = world.deployment(world.listener())
    world.deploy(deployment, deployment["latest_revision_id"], url="http://agents/hello")
    with world.restarted() as again:
        after = again.get(deployment)
        assert after == world.get(deployment)
        assert after["source_config"]["custom_url"] == "http://agents/hello"
        assert again.revisions(deployment)[0]["status"] == "DEPLOYED"


def test_secret_values_are_nowhere_on_disk_in_plain(world):
    canary = "canary-3f9c1e"
    world.deployment(world.listener(), secrets=[{"name": "TOKEN", "value": canary}])
    files = [file for file in world.folder.rglob("*") if file.is_file()]
    assert files, "there is something to look at"
    assert all(canary.encode() not in file.read_bytes() for file in files)
    assert (world.folder / "key").stat().st_mode & 0o777 == 0o600


def test_the_listener_gets_the_values_and_the_resources_with_its_work(world):
    listener = world.listener()
    deployment = world.deployment(listener)
    world.clock.pass_seconds(5)
    (work,) = world.http.get(f"/internal/v1/listeners/{listener}/deployments").json()["resources"]
    assert (work["id"], work["k8s_namespace"], work["status"]) == (deployment["id"], "agents", "READY")
    assert work["revision"]["secrets"] == [{"name": "TOKEN", "value": "s3cret"}]
    assert work["revision"]["resource_spec"]["memory_mb"] == 2048
