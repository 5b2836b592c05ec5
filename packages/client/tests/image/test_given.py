"""An image that is deployed as it is."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError, RegistryError
from langsmith_client.image.given import given_image, read_given

DIGEST = "sha256:" + "a" * 64


@pytest.mark.parametrize("text", ["host.example/agent:1.0", "host.example/agent", "host.example/agent@sha256:abc"])
def test_only_a_digest_says_which_image_it_is(text):
    with pytest.raises(ProjectError, match="by its digest"):
        read_given(text)


def test_a_tag_beside_the_digest_is_left_out_since_nobody_knows_what_the_control_plane_makes_of_both():
    assert str(read_given(f"host.example/agent:1.0@{DIGEST}")) == f"host.example/agent@{DIGEST}"


def test_an_image_that_is_there_is_taken_as_it_is(registry, server, push_base):
    image = push_base({})
    digest = registry.digest(image)
    server.requests.clear()
    published = given_image(read_given(f"{image.repository}@{digest}"), registry)
    assert (published.by_digest, published.reused) == (f"{image.repository}@{digest}", True)
    assert server.writes() == []


def test_an_image_that_no_node_could_pull_is_not_deployed(registry):
    with pytest.raises(RegistryError, match="is not in its registry") as caught:
        given_image(read_given(f"127.0.0.1:5000/agent@{DIGEST}"), registry)
    assert caught.value.exit_code == 11
