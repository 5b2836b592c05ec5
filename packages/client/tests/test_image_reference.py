"""Names of images."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.image_reference import Repository, parse_reference, parse_repository


@pytest.mark.parametrize(
    ("text", "host", "path"),
    [
        ("langchain/langgraph-api", "docker.io", "langchain/langgraph-api"),
        ("python", "docker.io", "library/python"),
        ("docker.io/python", "docker.io", "library/python"),
        ("127.0.0.1:5000/a/b", "127.0.0.1:5000", "a/b"),
        ("localhost/a", "localhost", "a"),
        ("1.dkr.ecr.us-east-1.amazonaws.com/my-agent", "1.dkr.ecr.us-east-1.amazonaws.com", "my-agent"),
    ],
)
def test_registry_and_path_are_told_apart_as_docker_does(text, host, path):
    assert parse_repository(text) == Repository(host, path)


@pytest.mark.parametrize(
    "text", ["a:latest", "host.example/A", "host.example/a@sha256:0", "https://host/a", "", "a//b"]
)
def test_what_is_no_repository_is_refused_with_the_shape_that_is_wanted(text):
    with pytest.raises(ProjectError, match="without a tag"):
        parse_repository(text)


def test_a_reference_keeps_its_tag_or_digest_and_prints_as_written():
    for text in ("127.0.0.1:5000/a:1", "ghcr.io/a/b@sha256:" + "0" * 64):
        assert str(parse_reference(text)) == text
    assert parse_reference("ghcr.io/a").reference == "latest"


@pytest.mark.parametrize("host", ["127.0.0.1:5000", "localhost:5000", "localhost", "127.9.9.9", "[::1]:5000"])
def test_loopback_registries_are_spoken_to_in_plain_http(host):
    assert Repository(host, "a").base_url == f"http://{host}/v2/a"


@pytest.mark.parametrize("host", ["registry.example", "10.0.0.1:5000", "localhost.example:80", "127.0.0.1.example"])
def test_every_other_registry_is_spoken_to_in_https(host):
    assert Repository(host, "a").base_url == f"https://{host}/v2/a", "credentials would travel in the open"


def test_docker_hub_answers_under_another_name_than_its_own():
    assert Repository("docker.io", "a/b").base_url == "https://registry-1.docker.io/v2/a/b"
