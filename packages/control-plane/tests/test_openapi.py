"""Our requests against the published OpenAPI document, where it is at hand."""

from __future__ import annotations

import json
import os
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from langsmith_control_plane import deployment_calls, listener_calls
from langsmith_control_plane.calls import Call
from langsmith_control_plane.models import SecretReference, SecretVariable
from langsmith_control_plane.secret import Secret

VARIABLE = "LANGSMITH_CONTROL_PLANE_OPENAPI"
ID = "0b8f1d52-1b3f-4a2e-9f43-0d8c9f2a7c11"
# Filters that official clients of today send and the document, which is older, does not list.
NEWER_FILTERS = {"name"}
VARIABLES = [SecretVariable("TOKEN", Secret("value"))]
REFERENCES = [SecretReference("POSTGRES_URI_CUSTOM", "agent-store", "uri")]

CALLS = [
    listener_calls.list_listeners(),
    listener_calls.get_listener(ID),
    listener_calls.create_listener("hybrid", ["agents"], "1"),
    listener_calls.patch_listener(ID, ["agents"], "1"),
    listener_calls.delete_listener(ID),
    deployment_calls.list_deployments("hello"),
    deployment_calls.get_deployment(ID),
    deployment_calls.create_deployment(
        "hello",
        image_uri="image",
        listener_id=ID,
        namespace="agents",
        resource_spec={"cpu": 1, "labels": {"team": "a"}},
        secrets=VARIABLES,
        secret_references=REFERENCES,
    ),
    deployment_calls.patch_deployment(
        ID,
        image_uri="image",
        custom_url="https://agent",
        resource_spec={"min_scale": 1},
        secrets=VARIABLES,
        secret_references=[],
    ),
    deployment_calls.delete_deployment(ID, delete_tracing_project=True),
    deployment_calls.list_revisions(ID),
    deployment_calls.get_revision(ID, ID),
    deployment_calls.redeploy(ID, ID),
]


@pytest.fixture(scope="module")
def document() -> dict[str, Any]:
    repository = Path(__file__).parents[3]
    path = Path(os.environ.get(VARIABLE) or repository.parent / "shared" / "data" / "control-plane-openapi.json")
    if not path.is_file():
        pytest.skip(f"the OpenAPI document is not at {path}; name it with {VARIABLE}")
    return json.loads(path.read_text())


@pytest.mark.parametrize("call", CALLS, ids=lambda call: f"{call.method} {call.path.replace(ID, '{id}')}")
def test_request_conforms_to_the_published_document(document: dict[str, Any], call: Call) -> None:
    operation = _operation(document, call)
    assert operation is not None, "the path or method is not in the document"
    known = {each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"} | NEWER_FILTERS
    assert {name for name, _ in call.query} <= known, "a misspelt filter is silently ignored by the server"
    if "requestBody" not in operation:
        assert call.body is None, "the operation takes no body"
        return
    schema = {**operation["requestBody"]["content"]["application/json"]["schema"], "components": document["components"]}
    jsonschema.Draft202012Validator(schema).validate(call.body)
    _assert_no_unknown_fields(document, schema, call.body)


def _operation(document: dict[str, Any], call: Call) -> dict[str, Any] | None:
    for template, operations in document["paths"].items():
        pattern = re.sub(r"\{[^}]+\}", "[^/]+", template)
        if re.fullmatch(pattern, call.path) and call.method.lower() in operations:
            return operations[call.method.lower()]
    return None


def _assert_no_unknown_fields(document: dict[str, Any], schema: dict[str, Any], value: Any) -> None:
    """The schemas allow extra fields, so that a misspelt one would validate: compare names as well."""
    for variant in (schema, *schema.get("anyOf", ())):
        resolved = (
            document["components"]["schemas"][variant["$ref"].rsplit("/", 1)[-1]] if "$ref" in variant else variant
        )
        if "properties" in resolved and isinstance(value, dict):
            assert set(value) <= set(resolved["properties"]), "a field the server does not know is silently ignored"
            for name, each in value.items():
                _assert_no_unknown_fields(document, resolved["properties"][name], each)
        if "items" in resolved and isinstance(value, list):
            for each in value:
                _assert_no_unknown_fields(document, resolved["items"], each)
