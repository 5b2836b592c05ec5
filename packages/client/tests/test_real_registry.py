"""The distribution client against the real registry program, where one is at hand."""

from __future__ import annotations

import contextlib
import hashlib
import os
import shutil
import socket
import subprocess
import time

import httpx2
import pytest

from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry import Registry

CONFIG = b"{}"
LAYER = b"x" * 3_000_000


@pytest.fixture
def host(tmp_path):
    program = os.environ.get("LANGSMITH_TEST_REGISTRY_BINARY") or shutil.which("registry")
    if not program:
        pytest.skip("no `registry` on PATH and LANGSMITH_TEST_REGISTRY_BINARY is not set")
    with contextlib.closing(socket.socket()) as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    settings = tmp_path / "registry.yml"
    settings.write_text(
        f"version: 0.1\nlog: {{level: error}}\nhttp: {{addr: '127.0.0.1:{port}'}}\n"
        f"storage: {{filesystem: {{rootdirectory: '{tmp_path / 'blobs'}'}}}}\n",
        encoding="utf-8",
    )
    process = subprocess.Popen(
        [program, "serve", str(settings)],
        env={**os.environ, "OTEL_TRACES_EXPORTER": "none"},
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _await(f"http://127.0.0.1:{port}/v2/", process)
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=20)


def _await(url, process):
    deadline = time.monotonic() + 30
    while time.monotonic() < deadline and process.poll() is None:
        with contextlib.suppress(httpx2.TransportError):
            httpx2.get(url, timeout=2)
            return
        time.sleep(0.05)
    pytest.fail("the registry did not start")


def test_upload_mount_manifest_and_look_up_work_as_they_do_in_memory(host):
    one, two = Repository(host, "one"), Repository(host, "team/two")
    blobs = {"sha256:" + hashlib.sha256(content).hexdigest(): content for content in (CONFIG, LAYER)}
    with Registry(Anonymous()) as registry:
        assert registry.digest(ImageReference(two, "1")) is None
        for digest, content in blobs.items():
            registry.upload(one, digest, len(content), lambda content=content: iter([content[:9], content[9:]]))
            assert registry.mount(two, digest, one)
            assert registry.has_blob(two, digest)
        config, layer = blobs
        manifest = Manifest(
            b'{"schemaVersion":2,"mediaType":"%s","config":{"mediaType":"application/vnd.oci.image.config.v1+json",'
            b'"digest":"%s","size":2},"layers":[{"mediaType":"application/vnd.oci.image.layer.v1.tar+gzip",'
            b'"digest":"%s","size":%d}]}' % (OCI_MANIFEST.encode(), config.encode(), layer.encode(), len(LAYER)),
            OCI_MANIFEST,
        )
        registry.put_manifest(ImageReference(two, "1"), manifest)
        assert registry.digest(ImageReference(two, "1")) == manifest.digest
        assert registry.manifest(ImageReference(two, manifest.digest)) == manifest
        assert b"".join(registry.stream_blob(two, layer)) == LAYER


class Anonymous:
    def login(self, host):
        return None
