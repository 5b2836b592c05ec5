"""Every answer is valid against the official OpenAPI document, where that document is at hand."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest

DOCUMENT_VARIABLE = "LANGSMITH_CONTROL_PLANE_OPENAPI"


def locate() -> Path | None:
    """The document named by the environment, else the one beside the repository."""
    if named := os.environ.get(DOCUMENT_VARIABLE):
        return Path(named)
    root = next(folder for folder in Path(__file__).resolve().parents if (folder / "uv.lock").is_file())
    beside = root.parent / "shared" / "data" / "control-plane-openapi.json"
    return beside if beside.is_file() else None


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    """The official OpenAPI document."""
    path = locate()
    if path is None:
        pytest.skip(f"the official OpenAPI document is not here; name it with {DOCUMENT_VARIABLE}")
    return json.loads(path.read_text())


def check(document: dict[str, Any], answer: Any, template: str) -> None:
    """Asserts that the document knows the status, and that the body is what it says."""
    operation = document["paths"][template][answer.request.method.lower()]
    declared = operation["responses"].get(str(answer.status_code))
    assert declared is not None, f"{template} may not answer {answer.status_code}"
    schema = declared.get("content", {}).get("application/json", {}).get("schema")
    if schema is None:
        return
    whole = {"$schema": "https://json-schema.org/draft/2020-12/schema", **schema, "components": document["components"]}
    jsonschema.Draft202012Validator(whole, format_checker=jsonschema.FormatChecker()).validate(answer.json())


def test_listener_answers_are_what_the_document_says(world, document):
    body = {"compute_type": "k8s", "compute_id": "c", "compute_config": {"k8s_namespaces": None}}
    created = world.http.post("/v2/listeners", json=body)
    check(document, created, "/v2/listeners")
    check(document, world.http.post("/v2/listeners", json=body), "/v2/listeners")
    check(document, world.http.post("/v2/listeners", json={}), "/v2/listeners")
    check(document, world.http.get("/v2/listeners"), "/v2/listeners")
    one, template = f"/v2/listeners/{created.json()['id']}", "/v2/listeners/{listener_id}"
    check(document, world.http.get(one), template)
    check(document, world.http.get("/v2/listeners/nope"), template)
    check(document, world.http.patch(one, json={"version": "2"}), template)
    check(document, world.http.delete(one), template)
    check(document, world.http.get(one), template)


def test_deployment_answers_are_what_the_document_says(world, document):
    listener = world.listener()
    spec = {"labels": {"team": "a"}, "sidecars": [{"name": "s", "image": "i"}], "volumes": [{"name": "v"}]}
    body = world.creation(listener)
    body["source_config"]["resource_spec"] = spec
    created = world.http.post("/v2/deployments", json=body)
    check(document, created, "/v2/deployments")
    check(document, world.http.post("/v2/deployments", json=world.creation(None)), "/v2/deployments")
    check(document, world.http.get("/v2/deployments"), "/v2/deployments")
    deployment = created.json()
    world.deploy(deployment, deployment["latest_revision_id"])
    one, template = f"/v2/deployments/{deployment['id']}", "/v2/deployments/{deployment_id}"
    check(document, world.http.get(one), template)
    check(document, world.http.patch(one, json={"secrets": [{"name": "A", "value": "b"}]}), template)
    check(document, world.http.patch(one, json={"source_config": {"deployment_type": "dev"}}), template)
    check(document, world.http.delete(one), template)
    check(document, world.http.get("/v2/deployments/nope"), template)
    bulk = world.http.delete("/v2/deployments", params={"deployment_ids": [deployment["id"]]})
    check(document, bulk, "/v2/deployments")


def test_revision_answers_are_what_the_document_says(world, document):
    deployment = world.deployment(world.listener())
    every, template = f"/v2/deployments/{deployment['id']}/revisions", "/v2/deployments/{deployment_id}/revisions"
    check(document, world.http.get(every), template)
    check(document, world.http.get(every, params={"limit": 0}), template)
    one = f"{every}/{deployment['latest_revision_id']}"
    check(document, world.http.get(one), f"{template}/{{revision_id}}")
    check(document, world.http.post(f"{one}/redeploy"), f"{template}/{{revision_id}}/redeploy")


def test_every_revision_status_is_one_the_document_knows(document):
    from langsmith_sandbox.control_plane.records import RevisionStatus

    known = document["components"]["schemas"]["Revision"]["properties"]["status"]["enum"]
    assert sorted(RevisionStatus) == sorted(known)


def test_resource_specs_have_the_documents_fields_without_those_marked_do_not_use(document):
    from langsmith_sandbox.control_plane.resource_spec import ResourceSpec

    properties = document["components"]["schemas"]["ResourceSpec-Input"]["properties"]
    usable = {name for name, schema in properties.items() if schema.get("description") != "do not use"}
    assert set(ResourceSpec.model_fields) == usable
