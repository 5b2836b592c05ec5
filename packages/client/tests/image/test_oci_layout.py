"""Images as files, for tools that load them."""

from __future__ import annotations

import hashlib
import json
import tarfile

import pytest

from langsmith_client.image.composition import Blob, Composition
from langsmith_client.image.oci_layout import write_layout
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry.upload import in_memory


def blob(content: bytes) -> Blob:
    return Blob("sha256:" + hashlib.sha256(content).hexdigest(), len(content), in_memory(content), "x")


BLOBS = (blob(b"layer" * 1000), blob(b"{}"), blob(b"{}"), blob(b""))
IMAGE = Composition(Manifest(b'{"schemaVersion": 2}', OCI_MANIFEST), BLOBS)


def content_of(output) -> dict[str, bytes]:
    if output.is_dir():
        return {path.relative_to(output).as_posix(): path.read_bytes() for path in output.rglob("*") if path.is_file()}
    with tarfile.open(output) as tar:
        files = [(member.name, tar.extractfile(member)) for member in tar]
        return {name: file.read() for name, file in files if file}


@pytest.mark.parametrize("name", ["image.tar", "image"])
def test_a_layout_holds_every_blob_once_under_its_digest_and_names_the_image(tmp_path, name):
    write_layout(IMAGE, "greeter", "1.0", tmp_path / name)
    found = content_of(tmp_path / name)
    assert json.loads(found.pop("oci-layout")) == {"imageLayoutVersion": "1.0.0"}
    (entry,) = json.loads(found.pop("index.json"))["manifests"]
    assert (entry["digest"], entry["mediaType"]) == (IMAGE.manifest.digest, OCI_MANIFEST)
    assert entry["annotations"] == {
        "io.containerd.image.name": "greeter:1.0",
        "org.opencontainers.image.ref.name": "1.0",
    }
    assert len(found) == 4, "three different blobs and the manifest"
    for path, content in found.items():
        assert path == "blobs/sha256/" + hashlib.sha256(content).hexdigest()


def test_the_same_image_makes_the_same_archive(tmp_path):
    for name in ("one.tar", "two.tar"):
        write_layout(IMAGE, "greeter", "1.0", tmp_path / name)
    assert (tmp_path / "one.tar").read_bytes() == (tmp_path / "two.tar").read_bytes()


@pytest.mark.parametrize("name", ["image.tar", "image"])
def test_a_layout_that_could_not_be_finished_is_not_there(tmp_path, name):
    def broken(start, length):
        raise OSError("disk full")

    image = Composition(IMAGE.manifest, (Blob("sha256:1", 5, broken, "x"),))
    with pytest.raises(OSError, match="disk full"):
        write_layout(image, "greeter", "1.0", tmp_path / name)
    assert not (tmp_path / name).exists()
    assert list(tmp_path.iterdir()) == []
