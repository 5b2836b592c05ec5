"""Each operation sends what the API documents and understands what it answers."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import httpx2
import pytest

from langsmith_control_plane.client import ControlPlaneClient
from langsmith_control_plane.errors import InvalidRequestError, NotFoundError, UnexpectedAnswerError
from langsmith_control_plane.models import SecretReference, SecretVariable
from langsmith_control_plane.secret import Secret

if TYPE_CHECKING:
    from conftest import Wire

NewWire = Callable[..., "Wire"]
Paged = Callable[[list[dict[str, Any]]], Any]
NewAnswer = Callable[..., dict[str, Any]]

REVISION = {"id": "r-2", "status": "QUEUED", "source": "external_docker", "source_revision_config": {"image_uri": "i"}}


def _ok(answer: object, status: int = 200) -> httpx2.Response:
    return httpx2.Response(status, json=answer)


def test_listener_is_created_with_its_cluster_and_namespaces(wire: NewWire, listener_answer: NewAnswer) -> None:
    net = wire(_ok(listener_answer(), 201))
    assert net.client().create_listener("hybrid", ["agents"]).compute_id == "hybrid", "the answer is read"
    assert net.sent() == [("POST", "/api-host/v2/listeners")], "one request"
    assert net.last_body() == {
        "compute_type": "k8s",
        "compute_id": "hybrid",
        "compute_config": {"k8s_namespaces": ["agents"]},
    }, "nothing the server did not ask for"


def test_listener_patch_sends_only_what_changes(wire: NewWire, listener_answer: NewAnswer) -> None:
    net = wire(_ok(listener_answer()))
    net.client().patch_listener("id", namespaces=["a", "b"])
    assert net.last_body() == {"compute_config": {"k8s_namespaces": ["a", "b"]}}, "a version left out stays"


def test_deleting_a_missing_listener_says_not_found(wire: NewWire) -> None:
    with pytest.raises(NotFoundError):
        wire(_ok({"detail": "Listener ID id not found."}, 404)).client().delete_listener("id")


def test_ids_are_quoted_so_that_they_cannot_leave_their_place(wire: NewWire, listener_answer: NewAnswer) -> None:
    net = wire(_ok(listener_answer()))
    net.client().get_listener("../deployments?x=")
    assert net.requests[0].url.raw_path == b"/api-host/v2/listeners/..%2Fdeployments%3Fx%3D", "an id is one segment"


def test_deployments_are_filtered_by_exact_name_whatever_the_server_does(
    wire: NewWire, paged: Paged, deployment_answer: NewAnswer
) -> None:
    resources = [deployment_answer(id=name, name=name) for name in ("hello", "hello-2", "other")]
    net = wire(paged(resources))
    assert [each.name for each in net.client().list_deployments(name="hello")] == ["hello"], (
        "name_contains matches more, and an older server ignores it"
    )
    assert dict(net.requests[0].url.params).items() >= {("name", "hello"), ("name_contains", "hello")}, (
        "the server should not send thousands, whichever of the two it knows"
    )


def test_deployments_are_filtered_by_listener(wire: NewWire, paged: Paged, deployment_answer: NewAnswer) -> None:
    resources = [
        deployment_answer(id="a", name="mine", source_config={"listener_id": "here"}),
        deployment_answer(id="b", name="theirs", source_config={"listener_id": "there"}),
        deployment_answer(id="c", name="none", source_config={}),
    ]
    found = wire(paged(resources)).client().list_deployments(listener_id="here")
    assert [each.name for each in found] == ["mine"], "the API has no such filter"


def test_deployment_is_created_with_everything_the_server_insists_on(
    wire: NewWire, deployment_answer: NewAnswer
) -> None:
    net = wire(_ok(deployment_answer(), 201))
    created = net.client().create_deployment("hello", image_uri="r/h@sha256:00", listener_id="l", namespace="agents")
    assert created.latest_revision_id == "11111111-1111-4111-8111-111111111111", "the revision to follow"
    assert net.last_body() == {
        "name": "hello",
        "source": "external_docker",
        "source_config": {"resource_spec": {}, "listener_id": "l", "listener_config": {"k8s_namespace": "agents"}},
        "source_revision_config": {"image_uri": "r/h@sha256:00"},
        "secrets": [],
    }, "resource_spec and secrets are required, if only empty"


def test_revision_replaces_variables_and_clears_references(wire: NewWire) -> None:
    net = wire(_ok(REVISION, 201))
    revision = net.client().create_revision(
        "d",
        image_uri="i",
        secrets=[SecretVariable("A", Secret("1")), SecretVariable("B", Secret(""))],
        secret_references=[],
    )
    assert revision.id == "r-2", "the id to follow comes with the answer"
    assert net.sent() == [("POST", "/api-host/v2/deployments/d/revisions")], "never by PATCH, which may create none"
    assert net.last_body() == {
        "source_revision_config": {"image_uri": "i"},
        "secrets": [{"name": "A", "value": "1"}, {"name": "B", "value": ""}],
        "secret_references": [],
    }, "an empty value is a value, an empty list of references clears them"


def test_variable_whose_value_is_unknown_is_refused_before_anything_is_sent(wire: NewWire) -> None:
    net = wire(_ok(REVISION))
    with pytest.raises(InvalidRequestError, match="'TOKEN'"):
        net.client().create_revision("d", image_uri="i", secrets=[SecretVariable("TOKEN", None)])
    assert net.requests == [], "leaving it out would delete it from the agent"


def test_patch_sends_each_given_part_and_no_other(wire: NewWire, deployment_answer: NewAnswer) -> None:
    net = wire(_ok(deployment_answer()))
    client = net.client()
    client.patch_deployment("d", custom_url="https://agent")
    assert net.last_body() == {"source_config": {"custom_url": "https://agent"}}, "an image would make a revision"
    client.patch_deployment("d", secret_references=[SecretReference("A", "secret", "key")])
    assert net.last_body() == {"secret_references": [{"name": "A", "secret_name": "secret", "secret_key": "key"}]}, (
        "null source_config would be noise"
    )


def test_newest_revision_costs_one_small_request(wire: NewWire, paged: Paged) -> None:
    net = wire(paged([REVISION, {**REVISION, "id": "r-1"}]))
    assert [each.id for each in net.client().list_revisions("d", newest=1)] == ["r-2"], "newest first"
    assert [request.url.params["limit"] for request in net.requests] == ["1"], "no page nobody reads"


def test_deployment_deletion_keeps_the_tracing_project_unless_told(wire: NewWire) -> None:
    net = wire(httpx2.Response(204))
    client = net.client()
    client.delete_deployment("d")
    client.delete_deployment("d", delete_tracing_project=True)
    assert [dict(request.url.params) for request in net.requests] == [{}, {"delete_tracing_project": "true"}], (
        "traces are data: losing them must be asked for"
    )


def test_redeploy_interrupt_and_reads_use_the_documented_paths(wire: NewWire, deployment_answer: NewAnswer) -> None:
    net = wire(_ok(deployment_answer()), _ok(deployment_answer()), _ok(REVISION))
    client = net.client()
    client.redeploy("d", "r")
    client.get_deployment("d")
    client.get_revision("d", "r")
    client.interrupt("d", "r")
    assert net.sent() == [
        ("POST", "/api-host/v2/deployments/d/revisions/r/redeploy"),
        ("GET", "/api-host/v2/deployments/d"),
        ("GET", "/api-host/v2/deployments/d/revisions/r"),
        ("POST", "/api-host/v2/deployments/d/revisions/r/interrupt"),
    ], "paths of the documentation"


def test_an_answer_that_is_no_object_is_an_error(wire: NewWire) -> None:
    with pytest.raises(UnexpectedAnswerError, match="with an object"):
        wire(_ok([])).client().get_listener("id")


def test_client_from_environment_reads_the_official_variables() -> None:
    environ = {"LANGSMITH_API_KEY": "key", "LANGSMITH_ENDPOINT": "https://eu.api.smith.langchain.com"}
    with ControlPlaneClient.from_environment(environ) as client:
        assert client.endpoints.control_plane == "https://eu.api.host.langchain.com", "the region follows the endpoint"
