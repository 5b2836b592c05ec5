from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.distribution import OCI_INDEX, Distribution, canonical_json
from langsmith_sandbox.cluster.errors import ImageError
from langsmith_sandbox.cluster.image_builder import ImageSpec, compress, push_image, tar
from langsmith_sandbox.cluster.images import ImageStore
from langsmith_sandbox.cluster.reference import ImageReference

if TYPE_CHECKING:
    from pathlib import Path


def _push(distribution: Distribution, content: bytes = b"1", tag: str = "1") -> str:
    files = {"app/main.py": content}
    spec = ImageSpec("team/app", tag, "sandbox", ("python", "/app/main.py"), {"MODE": "x=y"}, files)
    return push_image(spec, distribution)


@pytest.fixture
def store(tmp_path: Path, distribution: Distribution) -> ImageStore:
    return ImageStore(tmp_path / "images", distribution)


def test_an_image_is_pulled_unpacked_and_described(store: ImageStore, distribution: Distribution):
    digest = _push(distribution)
    image, pulled = store.obtain("127.0.0.1:5000/team/app:1", None)
    assert pulled
    assert image.image_id == f"127.0.0.1:5000/team/app@{digest}"
    assert (image.root / "app/main.py").read_bytes() == b"1"
    assert (image.runtime, image.env, image.architecture) == ("sandbox", {"MODE": "x=y"}, "amd64")


def test_a_moved_tag_runs_the_old_image_unless_the_policy_is_always(store: ImageStore, distribution: Distribution):
    first = _push(distribution, b"1")
    store.obtain("team/app:1", None)
    second = _push(distribution, b"2")
    cached, pulled = store.obtain("team/app:1", "IfNotPresent")
    assert (cached.image_id.endswith(first), pulled) == (True, False), "the stale tag of real nodes"
    fresh, _ = store.obtain("team/app:1", "Always")
    assert fresh.image_id.endswith(second)


def test_latest_is_always_asked_for_and_a_digest_never_again(
    store: ImageStore, distribution: Distribution, registry: Any
):
    digest = _push(distribution, tag="latest")
    store.obtain("team/app", None)
    _, pulled = store.obtain("team/app", None)
    assert pulled
    store.obtain(f"team/app@{digest}", None)
    registry.requests.clear()
    _, pulled = store.obtain(f"team/app@{digest}", None)
    assert not pulled
    assert registry.requests == []


def test_a_policy_of_never_does_not_pull(store: ImageStore, distribution: Distribution):
    _push(distribution)
    with pytest.raises(ImageError, match="not present with pull policy of Never") as caught:
        store.obtain("team/app:1", "Never")
    assert caught.value.reason == "ErrImageNeverPull"


def test_a_missing_image_is_told_in_containerds_words_with_the_pods_own_reference(store: ImageStore):
    with pytest.raises(ImageError) as caught:
        store.obtain("ghcr.io/team/none:1", None)
    assert caught.value.reason == "ErrImagePull"
    assert caught.value.message == (
        'rpc error: code = NotFound desc = failed to pull and unpack image "ghcr.io/team/none:1": '
        'failed to resolve reference "ghcr.io/team/none:1": ghcr.io/team/none:1: not found'
    )


def test_a_damaged_layer_is_refused_and_leaves_nothing_behind(
    store: ImageStore, distribution: Distribution, registry: Any, tmp_path: Path
):
    _push(distribution)
    manifest = json.loads(registry.manifests["team/app", "1"][0])
    registry.blobs[manifest["layers"][0]["digest"]] = compress(tar({"app/main.py": b"evil"}))
    with pytest.raises(ImageError, match="damaged"):
        store.obtain("team/app:1", None)
    assert list((tmp_path / "images/by-digest").iterdir()) == []


def test_a_manifest_that_is_not_what_its_digest_says_is_refused(
    store: ImageStore, distribution: Distribution, registry: Any
):
    digest = _push(distribution)
    body, media_type = registry.manifests["team/app", digest]
    registry.manifests["team/app", digest] = (body + b" ", media_type)
    with pytest.raises(ImageError, match="digest mismatch"):
        store.obtain(f"team/app@{digest}", None)


def test_of_an_index_this_nodes_platform_is_taken(store: ImageStore, distribution: Distribution, registry: Any):
    digest = _push(distribution)
    entries = [
        {"digest": "sha256:" + "0" * 64, "platform": {"os": "linux", "architecture": "arm64"}},
        {"digest": digest, "platform": {"os": "linux", "architecture": "amd64"}},
    ]
    registry.manifests["team/app", "multi"] = (canonical_json({"manifests": entries}), OCI_INDEX)
    image, _ = store.obtain("team/app:multi", None)
    assert (image.root / "app/main.py").exists()
    registry.manifests["team/app", "arm"] = (canonical_json({"manifests": entries[:1]}), OCI_INDEX)
    with pytest.raises(ImageError, match="no match for platform"):
        store.obtain("team/app:arm", None)


def test_each_architecture_has_its_own_files_of_one_reference(
    store: ImageStore, distribution: Distribution, registry: Any
):
    both = ImageSpec("team/app", "both", "sandbox", ("python",), platforms=(("linux", "amd64"), ("linux", "arm64")))
    push_image(both, distribution)
    first, _ = store.obtain("team/app:both", None, architecture="amd64")
    other, pulled = store.obtain("team/app:both", None, architecture="arm64")
    assert (first.architecture, other.architecture, pulled) == ("amd64", "arm64", True)
    assert first.image_id == other.image_id, "Kubernetes shows the digest the Pod named"
    assert first.root != other.root


def test_the_same_image_pushed_twice_is_the_same_bytes_and_uploads_nothing(distribution: Distribution, registry: Any):
    first = _push(distribution)
    registry.requests.clear()
    assert _push(distribution) == first
    assert [each for each in registry.requests if not each.startswith("HEAD")] == []


@pytest.mark.parametrize(
    ("text", "full"),
    [
        ("redis", "docker.io/library/redis:latest"),
        ("langchain/x:1", "docker.io/langchain/x:1"),
        ("ghcr.io/kedacore/keda:2.19.0", "ghcr.io/kedacore/keda:2.19.0"),
        ("127.0.0.1:5000/a", "127.0.0.1:5000/a:latest"),
        ("localhost/a:1", "localhost/a:1"),
        (f"a/b:1@sha256:{'0' * 64}", f"docker.io/a/b:1@sha256:{'0' * 64}"),
    ],
)
def test_references_are_completed_as_docker_does(text: str, full: str):
    assert str(ImageReference.parse(text)) == full


@pytest.mark.parametrize("text", ["", "UPPER/case", "a b", "a:b:c", "a@sha256:12"])
def test_what_is_no_reference_is_an_invalid_image_name(text: str):
    with pytest.raises(ImageError) as caught:
        ImageReference.parse(text)
    assert caught.value.reason == "InvalidImageName"
