"""Requests to the API server: paths, apply, tokens, and refusals in its own words."""

from __future__ import annotations

import json

import httpx2
import pytest
import yaml

from langsmith_sandbox.cluster import pki
from langsmith_sandbox.data_plane.errors import ClusterRefusedError, SettingsError
from langsmith_sandbox.data_plane.kubernetes_objects import Cluster


class ApiServer:
    """Answers what it is told and keeps what it was asked."""

    def __init__(self):
        self.asked = []
        self.answers = []

    def __call__(self, request):
        self.asked.append(request)
        status, body = self.answers.pop(0) if self.answers else (200, {})
        return httpx2.Response(status, json=body) if isinstance(body, dict) else httpx2.Response(status, text=body)


@pytest.fixture
def server():
    return ApiServer()


@pytest.fixture
def cluster(server):
    http = httpx2.Client(base_url="https://api", transport=httpx2.MockTransport(server))
    return Cluster(http, "tester")


def test_objects_are_found_under_their_kinds_path_and_absence_is_none(cluster, server):
    server.answers = [(200, {"kind": "LGP"}), (404, {"message": "not found"})]
    assert cluster.find("LGP", "agents", "x") == {"kind": "LGP"}
    assert cluster.find("LGP", "agents", "y") is None
    assert server.asked[0].url.path == "/apis/apps.langchain.ai/v1alpha1/namespaces/agents/lgps/x"


def test_selection_is_by_labels(cluster, server):
    server.answers = [(200, {"items": [{"kind": "Pod"}]})]
    assert cluster.select("Pod", "agents", {"a": "1", "b": "2"}) == [{"kind": "Pod"}]
    assert server.asked[0].url.params["labelSelector"] == "a=1,b=2"


def test_apply_is_server_side_forced_and_under_the_programs_name(cluster, server):
    manifest = {"kind": "LGP", "metadata": {"name": "x", "namespace": "agents"}, "status": {}}
    cluster.apply(manifest, subresource="status")
    (request,) = server.asked
    assert request.method == "PATCH"
    assert request.url.path.endswith("/lgps/x/status")
    assert dict(request.url.params) == {"fieldManager": "tester", "force": "true"}
    assert request.headers["Content-Type"] == "application/apply-patch+yaml"
    assert json.loads(request.content) == manifest


def test_deletion_waits_for_what_is_owned_and_takes_absence_for_success(cluster, server):
    server.answers = [(404, {"message": "not found"})]
    cluster.delete("LGP", "agents", "x")
    assert json.loads(server.asked[0].content)["propagationPolicy"] == "Foreground"


@pytest.mark.parametrize(("status", "final"), [(403, True), (422, True), (409, False), (500, False)])
def test_refusals_carry_the_servers_words_and_whether_they_are_final(cluster, server, status, final):
    server.answers = [(status, {"message": "because."})]
    with pytest.raises(ClusterRefusedError, match="because") as refusal:
        cluster.apply({"kind": "Secret", "metadata": {"name": "x", "namespace": "agents"}})
    assert (refusal.value.status, refusal.value.final) == (status, final)


def test_no_answer_is_a_refusal_that_may_pass():
    def fail(request):
        raise httpx2.ConnectError("refused")

    cluster = Cluster(httpx2.Client(base_url="https://api", transport=httpx2.MockTransport(fail)), "tester")
    with pytest.raises(ClusterRefusedError) as refusal:
        cluster.find("Pod", "agents", "x")
    assert (refusal.value.status, refusal.value.final) == (0, False)


def test_the_last_words_are_of_the_run_that_crashed_else_of_the_present_one(cluster, server):
    server.answers = [(200, "one\ntwo\n\n")]
    assert cluster.last_words("agents", "p", "c") == "two"
    server.answers = [(400, {"message": "no previous container"}), (200, "present\n")]
    assert cluster.last_words("agents", "p", "c") == "present"
    server.answers = [(403, {"message": "no"}), (403, {"message": "no"})]
    assert cluster.last_words("agents", "p", "c") == "", "words only add to a message"


def test_an_exception_says_more_than_the_line_after_it(cluster, server):
    server.answers = [(200, "x.GraphLoadError: no 'MODEL'\n [uvicorn.error]\nApplication startup failed. Exiting.\n")]
    assert cluster.last_words("agents", "p", "c") == "x.GraphLoadError: no 'MODEL'"


def test_the_token_is_read_anew_for_every_request(tmp_path):
    token = tmp_path / "token"
    token.write_text("first\n")
    authority = tmp_path / "ca.crt"
    authority.write_bytes(pki.create_authority("test").certificate_pem)
    document = {
        "current-context": "s",
        "contexts": [{"name": "s", "context": {"cluster": "s", "user": "s"}}],
        "clusters": [{"name": "s", "cluster": {"server": "https://api", "certificate-authority": str(authority)}}],
        "users": [{"name": "s", "user": {"tokenFile": str(token)}}],
    }
    kubeconfig = tmp_path / "kubeconfig"
    kubeconfig.write_text(yaml.safe_dump(document))
    cluster = Cluster.from_kubeconfig(kubeconfig, "tester")
    seen = []

    def answer(request):
        seen.append(request.headers["Authorization"])
        return httpx2.Response(200, json={})

    cluster._http._transport = httpx2.MockTransport(answer)
    cluster.find("Pod", "agents", "x")
    token.write_text("second\n")
    cluster.find("Pod", "agents", "x")
    assert seen == ["Bearer first", "Bearer second"]


@pytest.mark.parametrize("content", ["", "{}", "current-context: [", None])
def test_a_file_that_is_no_kubeconfig_is_a_clear_error(tmp_path, content):
    file = tmp_path / "kubeconfig"
    if content is not None:
        file.write_text(content)
    with pytest.raises(SettingsError, match="KUBECONFIG"):
        Cluster.from_kubeconfig(file, "tester")
