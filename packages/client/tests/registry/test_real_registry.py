"""The distribution client against the real registry program, where one is at hand."""

from __future__ import annotations

import hashlib
import random

import pytest

from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry import Registry
from langsmith_client.registry.connection import Connection
from langsmith_client.registry.upload import in_memory, upload

CONFIG = b"{}"
LAYER = random.Random(1).randbytes(3_000_000)
PIECE = 500_000


def digest_of(content):
    return "sha256:" + hashlib.sha256(content).hexdigest()


def test_upload_mount_manifest_and_look_up_work_as_they_do_in_memory(host):
    one, two = Repository(host, "one"), Repository(host, "team/two")
    blobs = {digest_of(content): content for content in (CONFIG, LAYER, b"")}
    with Registry(Anonymous()) as registry:
        assert registry.digest(ImageReference(two, "1")) is None
        for digest, content in blobs.items():
            registry.upload(one, digest, len(content), in_memory(content))
            assert registry.mount(two, digest, one)
            assert registry.has_blob(two, digest)
        config, layer, _ = blobs
        manifest = Manifest(
            b'{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",'
            b'"digest":"%s","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",'
            b'"digest":"%s","size":%d}]}' % (OCI_MANIFEST.encode(), config.encode(), layer.encode(), len(LAYER)),
            OCI_MANIFEST,
        )
        registry.put_manifest(ImageReference(two, "1"), manifest)
        assert registry.digest(ImageReference(two, "1")) == manifest.digest
        assert registry.manifest(ImageReference(two, manifest.digest)) == manifest
        assert b"".join(registry.stream_blob(two, layer, len(LAYER))) == LAYER
        assert registry.blob_part(two, layer, 7, 5) == LAYER[7:12]


@pytest.fixture
def send(line):
    def run(repository, content=LAYER):
        connection = Connection(Anonymous(), sleep=lambda seconds: None)
        upload(connection, repository, digest_of(content), len(content), in_memory(content), PIECE)
        connection.close()

    return run


def test_a_line_cut_in_the_middle_does_not_cost_everything_that_had_arrived(send, line, host):
    line.budgets = [arrived := 1_250_000]
    send(Repository(line.host, "cut"))
    with Registry(Anonymous()) as registry:
        assert registry.has_blob(Repository(host, "cut"), digest_of(LAYER))
    # How much of it the registry had written when the line broke, only the registry knows.
    assert line.carried < len(LAYER) + arrived, "what had arrived was not all sent again"


def test_a_line_that_breaks_again_and_again_gets_there_while_every_try_brings_something_over(send, line, host):
    line.budgets = [900_000] * 6
    send(Repository(line.host, "again"))
    with Registry(Anonymous()) as registry:
        assert registry.has_blob(Repository(host, "again"), digest_of(LAYER))


class Anonymous:
    def login(self, host, service):
        return None
