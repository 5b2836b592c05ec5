"""The distribution client: what it sends, what it trusts, and how it copes."""

from __future__ import annotations

import hashlib

import httpx2
import pytest

from langsmith_client.errors import ConflictError, RegistryAccessError, RegistryError
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import DOCKER_MANIFEST, OCI_INDEX, Manifest
from langsmith_client.registry import Registry
from langsmith_client.registry.upload import in_memory

HERE = Repository("127.0.0.1:5000", "agent")
IMAGE = ImageReference(HERE, "1")
BLOB = b"some layer"
DIGEST = "sha256:" + hashlib.sha256(BLOB).hexdigest()


def upload(registry):
    registry.upload(HERE, DIGEST, len(BLOB), in_memory(BLOB))


@pytest.mark.parametrize("media_type", [DOCKER_MANIFEST, OCI_INDEX])
def test_every_kind_of_manifest_is_found(registry, server, media_type):
    server.manifests["agent", "1"] = Manifest(b"{}", media_type)
    assert registry.digest(IMAGE) == Manifest(b"{}", media_type).digest, "a registry hides what Accept does not name"


def test_a_missing_tag_is_none_and_a_missing_manifest_an_error(registry):
    assert registry.digest(IMAGE) is None
    with pytest.raises(RegistryError, match="404"):
        registry.manifest(IMAGE)


def test_an_uploaded_blob_arrives_whole_at_the_place_the_registry_named(registry, server):
    upload(registry)
    assert server.blobs["agent", DIGEST] == BLOB
    assert registry.has_blob(HERE, DIGEST)
    assert registry.blob(HERE, DIGEST) == b"".join(registry.stream_blob(HERE, DIGEST, len(BLOB))) == BLOB


def test_bytes_that_are_not_what_the_digest_says_are_refused(registry, server):
    server.blobs["agent", DIGEST] = b"other"
    server.manifests["agent", DIGEST] = Manifest(b"{}", DOCKER_MANIFEST)
    with pytest.raises(RegistryError, match="other bytes"):
        registry.blob(HERE, DIGEST)
    with pytest.raises(RegistryError, match="other bytes"):
        registry.manifest(ImageReference(HERE, DIGEST))


def test_a_mount_moves_no_bytes_and_a_refused_one_says_so(registry, server):
    server.blobs["base", DIGEST] = BLOB
    assert registry.mount(HERE, DIGEST, Repository(HERE.host, "base"))
    assert not registry.mount(HERE, DIGEST, Repository(HERE.host, "elsewhere"))
    assert not any(line.startswith("PUT") for line in server.requests)


def test_between_registries_nothing_is_mounted_or_asked(registry, server):
    assert not registry.mount(HERE, DIGEST, Repository("ghcr.io", "base"))
    assert server.requests == []


@pytest.mark.parametrize("failure", [429, 500, 503, httpx2.ConnectError("down"), httpx2.ReadTimeout("slow")])
def test_passing_trouble_is_waited_out(registry, server, failure):
    troubles = [failure, failure]

    def hook(request):
        if not troubles:
            return None
        trouble = troubles.pop()
        if isinstance(trouble, Exception):
            raise trouble
        return httpx2.Response(trouble)

    server.hook = hook
    assert registry.digest(IMAGE) is None
    assert len(server.requests) == 3


def test_the_pause_a_server_asks_for_is_kept_but_not_without_bound(server):
    pauses = []
    answers = [
        httpx2.Response(429, headers={"Retry-After": "7"}),
        httpx2.Response(429, headers={"Retry-After": "9999"}),
    ]
    server.hook = lambda request: answers.pop(0) if answers else None
    with Registry(Nobody(), transport=httpx2.MockTransport(server), sleep=pauses.append) as registry:
        registry.digest(IMAGE)
    assert pauses == [7, 20]


def test_lasting_trouble_is_one_sentence_after_a_bounded_number_of_tries(registry, server):
    def hook(request):
        raise httpx2.ConnectError("down")

    server.hook = hook
    with pytest.raises(RegistryError, match="cannot be reached"):
        registry.digest(IMAGE)
    assert len(server.requests) == 4


def test_a_glance_tries_once_and_leaves_trouble_to_whoever_asked(server):
    server.hook = lambda request: httpx2.Response(503)
    transport = httpx2.MockTransport(server)
    with Registry(Nobody(), transport=transport, tries=1) as glancing, pytest.raises(RegistryError, match="503"):
        glancing.manifest(IMAGE)
    assert len(server.requests) == 1


def test_an_upload_broken_in_the_middle_starts_again_from_the_first_byte(registry, server):
    broken = [True]

    def hook(request):
        if request.method == "PUT" and broken:
            broken.clear()
            raise httpx2.WriteError("reset")

    server.hook = hook
    upload(registry)
    assert server.blobs["agent", DIGEST] == BLOB
    assert server.requests.count("POST /v2/agent/blobs/uploads/") == 2, "a half-used upload must not be continued"


def test_a_refusal_is_not_repeated_and_names_the_login(registry, server):
    server.hook = lambda request: httpx2.Response(403, json={"errors": [{"code": "DENIED", "message": "no"}]})
    with pytest.raises(RegistryAccessError) as caught:
        registry.put_manifest(IMAGE, Manifest(b"{}", DOCKER_MANIFEST))
    assert caught.value.exit_code == 40
    assert "docker login 127.0.0.1:5000" in caught.value.remedy
    assert "DENIED" in caught.value.what
    assert len(server.writes()) == 1


def test_an_upload_to_a_storage_host_does_not_carry_our_credentials(server):
    seen = {}

    def serve(request):
        if request.url.host == "storage.example":
            seen["authorization"] = request.headers.get("Authorization")
            return httpx2.Response(201)
        if "Authorization" not in request.headers:
            return httpx2.Response(401, headers={"WWW-Authenticate": "Basic realm=x"})
        return httpx2.Response(202, headers={"Location": "https://storage.example/upload?signature=1"})

    with Registry(Ada(), transport=httpx2.MockTransport(serve)) as registry:
        upload(registry)
    assert seen == {"authorization": None}


def test_a_web_page_in_place_of_a_manifest_is_a_sentence(registry, server):
    server.hook = lambda request: httpx2.Response(200, html="<p>Log in to the hotel's network</p>")
    with pytest.raises(RegistryError, match="gave text/html"):
        registry.manifest(IMAGE)


def test_only_base_images_are_read_through_a_mirror(registry):
    hub = ImageReference(Repository("docker.io", "langchain/langgraph-api"), "3.11")
    assert str(registry.through_mirror(hub)) == "127.0.0.1:5000/langchain/langgraph-api:3.11"
    assert registry.through_mirror(IMAGE) == IMAGE


class Nobody:
    def login(self, host, service):
        return None


class Ada:
    def login(self, host, service):
        from langsmith_client.registry import Login

        return Login("ada", "s3cret")


MINE, THEIRS = Manifest(b'{"mine": 1}', DOCKER_MANIFEST), Manifest(b'{"theirs": 1}', DOCKER_MANIFEST)
IMMUTABLE = [
    httpx2.Response(400, json={"errors": [{"code": "TAG_INVALID", "message": "The image tag '1' already exists"}]}),
    httpx2.Response(400, json={"errors": [{"code": "ImageTagAlreadyExistsException"}]}),
    httpx2.Response(403),
    httpx2.Response(409),
    httpx2.Response(412),
]


@pytest.fixture
def refused(server):
    def by(answer):
        server.hook = lambda request: answer if request.method == "PUT" else None

    return by


@pytest.mark.parametrize("answer", IMMUTABLE)
def test_an_immutable_tag_that_stands_for_our_own_image_is_no_error(registry, server, refused, answer):
    server.manifests["agent", "1"] = MINE
    refused(answer)
    registry.put_manifest(IMAGE, MINE)
    assert server.manifests["agent", "1"] == MINE, "another run pushed the very same"


@pytest.mark.parametrize("answer", IMMUTABLE)
def test_an_immutable_tag_that_stands_for_another_image_is_a_conflict_that_names_both(
    registry, server, refused, answer
):
    server.manifests["agent", "1"] = THEIRS
    refused(answer)
    with pytest.raises(ConflictError) as caught:
        registry.put_manifest(IMAGE, MINE)
    assert THEIRS.digest in caught.value.what
    assert MINE.digest in caught.value.what
    assert caught.value.exit_code == 30


def test_a_manifest_refused_for_another_reason_keeps_that_reason(registry, server, refused):
    refused(httpx2.Response(400, json={"errors": [{"code": "MANIFEST_INVALID", "message": "no config"}]}))
    with pytest.raises(RegistryError, match="MANIFEST_INVALID: no config"):
        registry.put_manifest(IMAGE, MINE)
