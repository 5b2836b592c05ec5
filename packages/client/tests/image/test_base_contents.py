"""What a base image ships, read from its layers."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile

import pytest

from langsmith_client.errors import BuildError
from langsmith_client.image.base_contents import base_contents
from langsmith_client.image.base_image import BaseImage
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.registry.upload import in_memory

REPOSITORY = Repository("127.0.0.1:5000", "base")
SITE = "usr/local/lib/python3.11/site-packages"


@pytest.fixture
def base(registry):
    def make(*layers, packed=True):
        descriptors = []
        for layer in layers:
            buffer = io.BytesIO()
            with tarfile.open(fileobj=buffer, mode="w") as tar:
                for name, content in layer.items():
                    information = tarfile.TarInfo(name)
                    information.size = len(content)
                    tar.addfile(information, io.BytesIO(content))
            blob = gzip.compress(buffer.getvalue(), mtime=0) if packed else buffer.getvalue()
            digest = "sha256:" + hashlib.sha256(blob).hexdigest()
            registry.upload(REPOSITORY, digest, len(blob), in_memory(blob))
            descriptors.append({"digest": digest, "mediaType": "layer", "size": len(blob)})
        name = ImageReference(REPOSITORY, "1")
        return BaseImage(name, REPOSITORY, "sha256:" + "0" * 64, {"layers": descriptors}, {})

    return make


def metadata(name, version):
    return {f"{SITE}/{name}-{version}.dist-info/METADATA": b"-"}


def test_packages_are_known_by_canonical_name_with_their_folder(base, registry, tmp_path):
    found = base_contents(registry, base(metadata("Typing_Extensions", "4.1"), metadata("orjson", "3.0")), tmp_path)
    assert found.packages == {"typing-extensions": "4.1", "orjson": "3.0"}
    assert found.site_packages == f"/{SITE}"


def test_the_constraints_of_the_topmost_layer_count(base, registry, tmp_path):
    layers = {"./api/constraints.txt": b"a==1\n"}, {"api/constraints.txt": b"a==2\n"}
    assert base_contents(registry, base(*layers), tmp_path).constraints == "a==2\n"


@pytest.mark.parametrize(
    "whiteout",
    [
        f"{SITE}/.wh.pip-24.0.dist-info",
        f"{SITE}/pip-24.0.dist-info/.wh..wh..opq",
        f"{SITE}/pip-24.0.dist-info/.wh.METADATA",
        "usr/local/lib/.wh.python3.11",
    ],
)
def test_a_package_that_an_upper_layer_removed_is_not_shipped(base, registry, tmp_path, whiteout):
    assert base_contents(registry, base(metadata("pip", "24.0"), {whiteout: b""}), tmp_path).packages == {}


def test_a_package_upgraded_in_one_layer_has_its_new_version(base, registry, tmp_path):
    upper = {f"{SITE}/.wh.orjson-3.0.dist-info": b"", **metadata("orjson", "3.1")}
    assert base_contents(registry, base(metadata("orjson", "3.0"), upper), tmp_path).packages == {"orjson": "3.1"}


def test_layers_that_are_not_compressed_are_read_too(base, registry, tmp_path):
    assert base_contents(registry, base(metadata("a", "1"), packed=False), tmp_path).packages == {"a": "1"}


def test_the_layers_of_a_digest_are_read_once(base, registry, server, tmp_path):
    image = base(metadata("a", "1"))
    first = base_contents(registry, image, tmp_path)
    server.requests.clear()
    assert base_contents(registry, image, tmp_path) == first
    assert server.requests == [], "a real base has hundreds of megabytes"


def test_a_layer_in_an_unknown_format_is_a_sentence(base, registry, tmp_path):
    image = base({"a": b""})
    blob = b"\x28\xb5\x2f\xfd zstandard"
    digest = "sha256:" + hashlib.sha256(blob).hexdigest()
    registry.upload(REPOSITORY, digest, len(blob), in_memory(blob))
    image.manifest["layers"] = [{"digest": digest, "mediaType": "layer", "size": len(blob)}]
    with pytest.raises(BuildError, match="cannot be read"):
        base_contents(registry, image, tmp_path)
