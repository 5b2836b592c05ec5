"""Uploads in chunks: where they go on after trouble, and when they give up."""

from __future__ import annotations

import hashlib

import httpx2
import pytest

from langsmith_client.errors import RegistryAccessError, RegistryError
from langsmith_client.image_reference import Repository
from langsmith_client.registry import Login
from langsmith_client.registry.connection import Connection
from langsmith_client.registry.upload import in_memory, upload

HERE = Repository("127.0.0.1:5000", "agent")
BLOB = b"0123456789"
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()


class Nobody:
    def login(self, host, service):
        return None


@pytest.fixture
def send(server):
    def run(content=BLOB, chunk=4):
        connection = Connection(Nobody(), transport=httpx2.MockTransport(server), sleep=lambda seconds: None)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        upload(connection, HERE, digest, len(content), in_memory(content), chunk)

    return run


def steps(server):
    return [line.partition(" ")[0] for line in server.requests]


def test_a_small_blob_takes_two_requests_and_a_large_one_a_request_a_chunk(send, server):
    send(chunk=10)
    assert steps(server) == ["POST", "PUT"]
    server.requests.clear()
    send()
    assert steps(server) == ["POST", "PATCH", "PATCH", "PATCH", "PUT"]
    assert server.blobs["agent", DIGEST] == BLOB


def test_an_empty_blob_is_stored_too(send, server):
    send(b"")
    assert server.blobs["agent", "sha256:" + hashlib.sha256(b"").hexdigest()] == b""


def broken_at(server, wanted, *, partly=0, failure=None):
    """Break the `wanted`th PATCH or PUT after `partly` of its bytes; or answer it with the `failure`."""
    seen = []

    def hook(request):
        if request.method not in {"PATCH", "PUT"}:
            return None
        seen.append(request)
        if len(seen) != wanted:
            return None
        if partly:
            server.uploads["1"] += request.read()[:partly]
        if failure is None:
            raise httpx2.ReadError("reset")
        return failure

    server.hook = hook


def test_a_chunk_that_arrived_partly_is_completed_and_not_sent_again(send, server):
    broken_at(server, 2, partly=3)
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server) == ["POST", "PATCH", "PATCH", "GET", "PATCH", "PUT"]


@pytest.mark.parametrize("failure", [None, httpx2.Response(503), httpx2.Response(416), httpx2.Response(429)])
def test_after_trouble_the_registry_is_asked_what_it_holds(send, server, failure):
    broken_at(server, 3, failure=failure)
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server) == ["POST", "PATCH", "PATCH", "PATCH", "GET", "PATCH", "PUT"]


def test_an_upload_the_registry_has_forgotten_starts_again(send, server):
    def forget(request):
        if request.method == "PATCH" and steps(server).count("PATCH") == 2:
            server.uploads.pop("1", None)

    server.hook = forget
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server).count("POST") == 2


def test_an_upload_whose_last_answer_was_lost_is_found_to_be_complete(send, server):
    def lose(request):
        if request.method == "PUT" and ("agent", DIGEST) not in server.blobs:
            server.blobs["agent", DIGEST] = BLOB
            server.uploads.clear()
            raise httpx2.ReadError("reset")

    server.hook = lose
    send()
    assert steps(server)[-2:] == ["GET", "HEAD"], "nothing was sent twice"


def test_what_never_gets_through_is_given_up_after_four_tries_that_brought_nothing(send, server):
    def hook(request):
        if request.method == "PATCH":
            raise httpx2.WriteError("reset")

    server.hook = hook
    with pytest.raises(RegistryError, match="cannot be reached"):
        send()
    assert steps(server).count("PATCH") == 4


def test_a_refused_chunk_is_not_sent_again(send, server):
    broken_at(server, 1, failure=httpx2.Response(403, json={"errors": [{"code": "DENIED", "message": "no"}]}))
    with pytest.raises(RegistryAccessError, match="DENIED"):
        send()
    assert steps(server) == ["POST", "PATCH"]


def test_a_login_that_runs_out_in_the_middle_is_renewed(server):
    expired = []

    class Ada:
        def login(self, host, service):
            return Login("ada", f"s3cret-{len(expired)}")

    def hook(request):
        if request.method == "PATCH" and not expired:
            expired.append(True)
            return httpx2.Response(401, headers={"WWW-Authenticate": "Basic realm=x"})
        return None

    server.hook = hook
    connection = Connection(Ada(), transport=httpx2.MockTransport(server))
    upload(connection, HERE, DIGEST, len(BLOB), in_memory(BLOB), 4)
    assert server.blobs["agent", DIGEST] == BLOB
