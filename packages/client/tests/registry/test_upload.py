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
    def run(content=BLOB, piece=4):
        connection = Connection(Nobody(), transport=httpx2.MockTransport(server), sleep=lambda seconds: None)
        digest = "sha256:" + hashlib.sha256(content).hexdigest()
        upload(connection, HERE, digest, len(content), in_memory(content), piece)

    return run


def steps(server):
    return [line.partition(" ")[0] for line in server.requests]


def test_a_blob_of_any_size_goes_in_one_request_because_registries_disagree_about_chunks(send, server, monkeypatch):
    monkeypatch.setattr("langsmith_client.registry.upload.CHUNK", 3)
    send()
    assert steps(server) == ["POST", "PUT"]
    assert server.blobs["agent", DIGEST] == BLOB, "read a bounded number of bytes at a time"


def test_an_empty_blob_is_stored_too(send, server):
    send(b"")
    assert server.blobs["agent", "sha256:" + hashlib.sha256(b"").hexdigest()] == b""


def broken_at(server, *wanted, partly=0, failure=None):
    """Break those PATCHes and PUTs, counted from 1, after `partly` of their bytes; or answer them with `failure`."""
    seen = []

    def hook(request):
        if request.method not in {"PATCH", "PUT"}:
            return None
        seen.append(request)
        if len(seen) not in wanted:
            return None
        if partly:
            server.uploads["1"] += request.read()[:partly]
        if failure is None:
            raise httpx2.ReadError("reset")
        return failure

    server.hook = hook


def test_after_a_dropped_connection_only_what_is_missing_is_sent(send, server):
    broken_at(server, 1, partly=3)
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server) == ["POST", "PUT", "GET", "PATCH", "PATCH", "PUT"]


def test_what_is_missing_may_break_off_too(send, server):
    broken_at(server, 1, 2, partly=3)
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server) == ["POST", "PUT", "GET", "PATCH", "GET", "PATCH", "PUT"]


@pytest.mark.parametrize("failure", [None, httpx2.Response(503), httpx2.Response(416), httpx2.Response(429)])
def test_after_trouble_that_left_nothing_there_it_starts_again(send, server, failure):
    broken_at(server, 1, failure=failure)
    send()
    assert server.blobs["agent", DIGEST] == BLOB
    assert steps(server) == ["POST", "PUT", "GET", "POST", "PUT"]


def test_a_registry_that_held_other_bytes_than_it_said_gets_everything_again(send, server):
    broken_at(server, 1, partly=3)
    hook = server.hook

    def spoil(request):
        if request.method == "GET":
            server.uploads["1"] = b"XXX"
        return hook(request)

    server.hook = spoil
    send()
    assert server.blobs["agent", DIGEST] == BLOB


def test_ecr_is_never_asked_to_go_on_because_it_loses_chunks(server):
    class Ada:
        def login(self, host, service):
            return Login("AWS", "token")

    def hook(request):
        if "Authorization" not in request.headers:
            return httpx2.Response(401, headers={"WWW-Authenticate": 'Basic realm="x",service="ecr.amazonaws.com"'})
        if request.method == "PUT" and steps(server).count("PUT") == 1:
            server.uploads["1"] += request.read()[:3]
            raise httpx2.ReadError("reset")
        return None

    server.hook = hook
    connection = Connection(Ada(), transport=httpx2.MockTransport(server), sleep=lambda seconds: None)
    upload(connection, HERE, DIGEST, len(BLOB), in_memory(BLOB), 4)
    assert server.blobs["agent", DIGEST] == BLOB
    assert not {"PATCH", "GET"} & set(steps(server))


def test_an_upload_the_registry_has_forgotten_starts_again(send, server):
    def forget(request):
        if request.method == "PUT" and steps(server).count("PUT") == 1:
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
        if request.method == "PUT":
            raise httpx2.WriteError("reset")

    server.hook = hook
    with pytest.raises(RegistryError, match="cannot be reached"):
        send()
    assert steps(server).count("PUT") == 4


def test_a_refused_blob_is_not_sent_again(send, server):
    broken_at(server, 1, failure=httpx2.Response(403, json={"errors": [{"code": "DENIED", "message": "no"}]}))
    with pytest.raises(RegistryAccessError, match="DENIED"):
        send()
    assert steps(server) == ["POST", "PUT"]


def test_a_login_that_runs_out_in_the_middle_is_renewed(server):
    expired = []

    class Ada:
        def login(self, host, service):
            return Login("ada", f"s3cret-{len(expired)}")

    def hook(request):
        if request.method == "PUT" and not expired:
            expired.append(request.read())
            return httpx2.Response(401, headers={"WWW-Authenticate": "Basic realm=x"})
        return None

    server.hook = hook
    connection = Connection(Ada(), transport=httpx2.MockTransport(server))
    upload(connection, HERE, DIGEST, len(BLOB), in_memory(BLOB), 4)
    assert server.blobs["agent", DIGEST] == BLOB


def test_a_registry_that_takes_the_pieces_and_never_the_last_word_does_not_hold_us_for_ever(send, server):
    def hook(request):
        if request.method != "PUT":
            return None
        if steps(server).count("PUT") == 1:
            server.uploads["1"] += request.read()[:3]
        return httpx2.Response(503)

    server.hook = hook
    with pytest.raises(RegistryError, match="503"):
        send()
    assert steps(server).count("PUT") <= 5
