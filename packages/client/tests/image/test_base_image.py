"""Finding the base image for one platform."""

from __future__ import annotations

import json

import pytest

from langsmith_client.errors import BuildError
from langsmith_client.image.base_image import read_base
from langsmith_client.image_reference import ImageReference, parse_reference
from langsmith_client.manifest import OCI_INDEX, Manifest

NAME = parse_reference("docker.io/langchain/langgraph-api:3.11")


def push_index(registry, images):
    entries = [
        {"mediaType": "x", "digest": registry.digest(image), "size": 1, "platform": platform}
        for platform, image in images
    ]
    content = json.dumps({"schemaVersion": 2, "manifests": entries}).encode()
    place = ImageReference(registry.through_mirror(NAME).repository, "3.11")
    registry.put_manifest(place, Manifest(content, OCI_INDEX))


def test_the_base_is_read_through_the_mirror_and_keeps_its_own_name(registry, push_base):
    push_base({})
    base = read_base(registry, NAME, "linux/amd64")
    assert str(base.name) == "docker.io/langchain/langgraph-api:3.11"
    assert base.source.host == "127.0.0.1:5000"


def test_of_an_index_the_entry_for_the_platform_is_taken(registry, push_base):
    amd = push_base({}, tag="amd")
    arm = push_base({}, tag="arm", architecture="arm64", variant="v8")
    attestation = ({"os": "unknown", "architecture": "unknown"}, amd)
    push_index(
        registry,
        [
            ({"os": "linux", "architecture": "amd64"}, amd),
            ({"os": "linux", "architecture": "arm64", "variant": "v8"}, arm),
            attestation,
        ],
    )
    assert read_base(registry, NAME, "linux/amd64").digest == registry.digest(amd)
    assert read_base(registry, NAME, "linux/arm64").digest == registry.digest(arm)


def test_an_index_without_the_platform_says_what_it_has(registry, push_base):
    push_index(registry, [({"os": "linux", "architecture": "amd64"}, push_base({}, tag="amd"))])
    with pytest.raises(BuildError, match="exists for linux/amd64, not for linux/arm64"):
        read_base(registry, NAME, "linux/arm64")


def test_a_single_image_of_another_platform_is_refused_instead_of_crashing_on_the_node(registry, push_base):
    push_base({})
    with pytest.raises(BuildError, match="made for linux/amd64"):
        read_base(registry, NAME, "linux/arm64")


def test_a_base_that_cannot_be_had_is_a_build_error_that_names_it(registry):
    with pytest.raises(BuildError, match=r"langgraph-api:3\.11 cannot be read") as caught:
        read_base(registry, NAME, "linux/amd64")
    assert caught.value.exit_code == 10
