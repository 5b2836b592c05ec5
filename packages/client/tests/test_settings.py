"""What the environment of the process decides."""

from __future__ import annotations

from pathlib import Path

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.settings import cache_folder, registry_mirrors


def test_the_cache_is_where_it_is_told_to_be_and_always_absolute():
    assert cache_folder({"LANGSMITH_CLIENT_CACHE": "here"}) == Path.cwd() / "here", "uv runs in another folder"
    assert cache_folder({"XDG_CACHE_HOME": "/var/cache"}) == Path("/var/cache/langsmith-client")
    assert cache_folder({}) == Path.home() / ".cache" / "langsmith-client"


def test_mirrors_are_pairs_of_hosts():
    text = "docker.io=127.0.0.1:5000, ghcr.io=mirror.example"
    assert registry_mirrors({"LANGSMITH_CLIENT_REGISTRY_MIRRORS": text}) == {
        "docker.io": "127.0.0.1:5000",
        "ghcr.io": "mirror.example",
    }
    assert registry_mirrors({}) == {}


def test_a_malformed_mirror_is_refused_and_not_ignored():
    with pytest.raises(ProjectError, match="docker"):
        registry_mirrors({"LANGSMITH_CLIENT_REGISTRY_MIRRORS": "docker.io"})
