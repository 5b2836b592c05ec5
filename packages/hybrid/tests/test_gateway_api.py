"""Gateway API's definitions come from one file of a release, or the program says why they do not."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable
from pathlib import Path

import pytest

from langsmith_hybrid.errors import ConfigError
from langsmith_hybrid.gateway_api import manifests_of, read

URL = "https://example.com/standard-install.yaml"
RELEASE = b"""
apiVersion: v1
kind: A
metadata: {name: a}
spec: {x-kubernetes-validations: [{rule: "self == oldSelf"}]}
---
apiVersion: v1
kind: B
metadata: {name: b}
spec: {}
"""


def failing(times: int) -> Callable[[str], bytes]:
    """A way to the file that breaks some times before it works."""
    left = [urllib.error.URLError("connection reset")] * times

    def fetch(_: str) -> bytes:
        if left:
            raise left.pop()
        return RELEASE

    return fetch


def test_every_object_of_the_release_is_read_as_it_is() -> None:
    one, other = manifests_of(URL, fetch=failing(0))
    assert (one["kind"], other["kind"]) == ("A", "B")
    assert one["spec"] == {"x-kubernetes-validations": [{"rule": "self == oldSelf"}]}


def test_a_line_that_breaks_twice_is_tried_a_third_time() -> None:
    assert len(manifests_of(URL, fetch=failing(2))) == 2


def test_a_file_that_cannot_be_had_names_the_key_and_the_reason() -> None:
    with pytest.raises(ConfigError, match=r"gatewayApiManifest: .*cannot be read .*connection reset.*a copy you host"):
        manifests_of(URL, fetch=failing(3))


@pytest.mark.parametrize("content", [b"", b"<html>", b"- a\n- b", b"a: [", b"kind: A\nmetadata: {}"])
def test_a_file_that_is_no_release_is_refused(content: bytes) -> None:
    with pytest.raises(ConfigError, match="holds no Kubernetes objects"):
        manifests_of(URL, fetch=lambda _: content)


def test_the_file_is_read_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    file = tmp_path / "standard-install.yaml"
    file.write_bytes(RELEASE)
    open_url = urllib.request.urlopen
    monkeypatch.setattr(urllib.request, "urlopen", lambda _, timeout: open_url(file.as_uri(), timeout=timeout))
    assert read(URL) == RELEASE
