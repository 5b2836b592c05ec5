"""What an image says about itself is read once, and what it does not say stays unknown."""

from __future__ import annotations

import hashlib
import json

import httpx2
import pytest

from langsmith_client.identity import Identities
from langsmith_client.image.publish import TAG_LABEL, build_request
from langsmith_client.image_reference import Repository
from langsmith_client.manifest import OCI_INDEX, OCI_MANIFEST, Manifest

REPOSITORY = Repository("127.0.0.1:5000", "team/greeter")
LABELS = {
    "org.opencontainers.image.ref.name": "1.2.0-0123456789ab",
    "org.opencontainers.image.revision": "0123456789ab" + "0" * 28,
    "org.opencontainers.image.version": "1.2.0",
    "org.opencontainers.image.base.name": "docker.io/langchain/langgraph-api:3.11",
    "com.langsmith-client.dirty": "false",
}


@pytest.fixture
def identities(registry, tmp_path):
    """A reader with an empty cache."""
    return Identities(registry, tmp_path / "labels")


@pytest.fixture
def push(server):
    """Puts an image that consists of labels into the registry; returns it by digest."""

    def push(labels):
        blob = json.dumps({"os": "linux", "architecture": "arm64", "config": {"Labels": labels}}).encode()
        digest = "sha256:" + hashlib.sha256(blob).hexdigest()
        server.blobs[REPOSITORY.path, digest] = blob
        content = json.dumps({"mediaType": OCI_MANIFEST, "config": {"digest": digest}, "layers": []}).encode()
        manifest = Manifest(content, OCI_MANIFEST)
        server.manifests[REPOSITORY.path, manifest.digest] = manifest
        return f"{REPOSITORY}@{manifest.digest}"

    return push


def test_the_labels_of_an_image_become_its_identity(identities, push):
    found = identities.of(push(LABELS))
    assert (found.tag, found.version, found.dirty) == ("1.2.0-0123456789ab", "1.2.0", False)
    assert found.commit == LABELS["org.opencontainers.image.revision"]
    assert (found.base, found.platform, found.problem) == ("docker.io/langchain/langgraph-api:3.11", "linux/arm64", "")
    assert found.shown == "1.2.0-0123456789ab"


def test_a_digest_is_asked_for_once_because_it_can_never_mean_anything_else(identities, push, server, registry):
    image = push(LABELS)
    first = identities.of(image)
    server.requests.clear()
    again = Identities(registry, identities._cache).of(image)
    assert again == first
    assert not server.requests


def test_what_the_labels_do_not_say_is_unknown(identities, push):
    found = identities.of(push({}))
    assert (found.tag, found.commit, found.version, found.dirty, found.shown) == (None, None, None, None, "unknown")
    assert not found.problem, "the labels were read; they are just not there"


def test_an_image_without_our_tag_is_shown_by_its_commit_and_its_changes(identities, push):
    labels = {key: value for key, value in LABELS.items() if "ref.name" not in key}
    assert identities.of(push(labels)).shown == "0123456789ab"
    assert identities.of(push({**labels, "com.langsmith-client.dirty": "true"})).shown == "0123456789ab-dirty"


def test_an_index_tells_by_its_first_image_and_not_by_what_is_attested_about_it(identities, push, server):
    image = push(LABELS).partition("@")[2]
    entries = [
        {"digest": "sha256:" + "0" * 64, "platform": {"os": "unknown", "architecture": "unknown"}},
        {"digest": image, "platform": {"os": "linux", "architecture": "arm64"}},
    ]
    index = Manifest(json.dumps({"mediaType": OCI_INDEX, "manifests": entries}).encode(), OCI_INDEX)
    server.manifests[REPOSITORY.path, index.digest] = index
    assert identities.of(f"{REPOSITORY}@{index.digest}").version == "1.2.0"


def test_a_tag_is_not_followed_because_it_may_have_moved_since_it_was_deployed(identities, push, server):
    push(LABELS)
    server.requests.clear()
    found = identities.of(f"{REPOSITORY}:1")
    assert (found.tag, found.commit) == ("1", None)
    assert "can change" in found.problem
    assert not server.requests


def test_an_image_that_is_gone_is_unknown_and_is_looked_for_again_next_time(identities, push):
    gone = f"{REPOSITORY}@sha256:{'e' * 64}"
    assert identities.of(gone).problem == "The registry no longer has it."
    assert identities.of(push(LABELS)).problem == "", "others of the registry are still read"


@pytest.mark.parametrize("image", [None, "", "Not An Image@sha256:1"])
def test_a_revision_without_a_usable_image_is_unknown(identities, image):
    assert identities.of(image).problem


def test_a_registry_that_is_down_is_asked_once_and_not_for_every_image(identities, server):
    def refuse(request):
        raise httpx2.ConnectError("refused", request=request)

    server.hook = refuse
    found = [identities.of(f"{REPOSITORY}@sha256:{number:064}") for number in range(3)]
    assert {each.problem for each in found} == {"The registry 127.0.0.1:5000 cannot be reached (ConnectError)."}
    assert len(set(server.requests)) == 1, "the first image was asked for, the others were not"


def test_an_answer_that_is_no_image_is_told_and_not_remembered(identities, push, server):
    image = push(LABELS)
    server.hook = lambda request: (
        httpx2.Response(200, content=b"{}", headers={"Content-Type": "text/html"})
        if "/manifests/" in request.url.path
        else None
    )
    assert "text/html" in identities.of(image).problem
    server.hook = lambda request: None
    assert Identities(identities._registry, identities._cache).of(image).version == "1.2.0"


def test_a_cache_that_cannot_be_written_costs_no_answer(registry, push, tmp_path):
    (tmp_path / "file").write_text("")
    assert Identities(registry, tmp_path / "file" / "labels").of(push(LABELS)).version == "1.2.0"


def test_a_digest_that_is_none_names_no_file(identities, server):
    found = identities.of(f"{REPOSITORY}@sha256:../../../etc/passwd")
    assert "is not a digest" in found.problem
    assert not server.requests


def test_a_damaged_memory_is_read_again(identities, push):
    image = push(LABELS)
    identities.of(image)
    (file,) = identities._cache.glob("*.json")
    file.write_text("{")
    assert identities.of(image).version == "1.2.0"


def test_every_image_that_is_built_says_its_own_tag(agent):
    request = build_request(agent.load(), REPOSITORY)
    assert request.labels[TAG_LABEL] == request.image.reference
