from __future__ import annotations

import stat
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.errors import ContainerConfigError
from langsmith_sandbox.cluster.volumes import PodVolumes, memory_folder

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.fixture
def volumes(tmp_path: Path, objects: Any) -> PodVolumes:
    return PodVolumes(tmp_path / "disk", tmp_path / "memory", objects, lambda _, claim: tmp_path / "claimed" / claim)


def _mounted(pod: Callable[..., Any], *volumes: dict[str, Any]) -> Any:
    return pod(spec={"volumes": list(volumes), "serviceAccountName": "robot"})


def test_secrets_are_files_their_owner_alone_reads_and_never_on_disk(
    volumes: PodVolumes, pod: Callable[..., Any], objects: Any, tmp_path: Path
):
    objects.add_secret("creds", key="s3cret")
    volumes.refresh(_mounted(pod, {"name": "v", "secret": {"secretName": "creds"}}))
    file = tmp_path / "memory/v/key"
    assert file.read_text() == "s3cret"
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert not (tmp_path / "disk").exists()


def test_a_changed_object_changes_the_files_and_a_removed_key_removes_its_own(
    volumes: PodVolumes, pod: Callable[..., Any], objects: Any, tmp_path: Path
):
    made = _mounted(pod, {"name": "v", "configMap": {"name": "settings"}})
    objects.add_config_map("settings", a="1", b="1")
    volumes.refresh(made)
    objects.add_config_map("settings", a="2")
    volumes.refresh(made)
    assert {path.name: path.read_text() for path in (tmp_path / "memory/v").iterdir()} == {"a": "2"}


def test_an_empty_dir_keeps_what_containers_wrote(volumes: PodVolumes, pod: Callable[..., Any], tmp_path: Path):
    made = _mounted(pod, {"name": "v", "emptyDir": {}})
    volumes.refresh(made)
    (tmp_path / "disk/v/data").write_text("x")
    volumes.refresh(made)
    assert (tmp_path / "disk/v/data").read_text() == "x"


def test_a_claimed_volume_is_mounted_and_stays_when_the_pod_goes(
    volumes: PodVolumes, pod: Callable[..., Any], tmp_path: Path
):
    made = _mounted(pod, {"name": "v", "persistentVolumeClaim": {"claimName": "data"}})
    (tmp_path / "claimed/data").mkdir(parents=True)
    volumes.refresh(made)
    mounts = volumes.mounts(made, {"volumeMounts": [{"name": "v", "mountPath": "/data"}]})
    assert mounts == {"/data": tmp_path / "claimed/data"}
    volumes.remove()
    assert (tmp_path / "claimed/data").is_dir()


def test_the_projected_volume_of_a_service_account_holds_token_authority_and_namespace(
    volumes: PodVolumes, pod: Callable[..., Any], objects: Any, tmp_path: Path
):
    objects.add_config_map("kube-root-ca.crt", **{"ca.crt": "PEM"})
    sources = [
        {"serviceAccountToken": {"path": "token", "expirationSeconds": 3607}},
        {"configMap": {"name": "kube-root-ca.crt", "items": [{"key": "ca.crt", "path": "ca.crt"}]}},
        {"downwardAPI": {"items": [{"path": "namespace", "fieldRef": {"fieldPath": "metadata.namespace"}}]}},
    ]
    volumes.refresh(_mounted(pod, {"name": "v", "projected": {"sources": sources}}))
    written = {path.name: path.read_text() for path in (tmp_path / "memory/v").iterdir()}
    assert written == {"token": "token of robot for None during 3607", "ca.crt": "PEM", "namespace": "agents"}


@pytest.mark.parametrize(
    ("volume", "message"),
    [
        ({"secret": {"secretName": "none"}}, 'secret "none" not found'),
        ({"configMap": {"name": "none"}}, 'configmap "none" not found'),
        (
            {"configMap": {"name": "settings", "items": [{"key": "none", "path": "x"}]}},
            "references non-existent configmap key: none",
        ),
        ({"hostPath": {"path": "/"}}, 'volume "v": hostPath is not available on a sandbox node'),
        ({"projected": {"sources": [{"clusterTrustBundle": {}}]}}, "clusterTrustBundle is not available"),
    ],
)
def test_what_cannot_be_mounted_is_told(
    volumes: PodVolumes, pod: Callable[..., Any], objects: Any, volume: dict[str, Any], message: str
):
    objects.add_config_map("settings", a="1")
    with pytest.raises(ContainerConfigError) as caught:
        volumes.refresh(_mounted(pod, {"name": "v", **volume}))
    assert caught.value.message.startswith(message) or message in caught.value.message


def test_optional_objects_that_are_missing_are_empty_folders(
    volumes: PodVolumes, pod: Callable[..., Any], tmp_path: Path
):
    volumes.refresh(_mounted(pod, {"name": "v", "secret": {"secretName": "none", "optional": True}}))
    assert list((tmp_path / "memory/v").iterdir()) == []


def test_mounts_tell_where_each_path_is_sub_paths_too(volumes: PodVolumes, pod: Callable[..., Any], tmp_path: Path):
    made = _mounted(pod, {"name": "v", "emptyDir": {}})
    container = {"volumeMounts": [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b", "subPath": "x"}]}
    assert volumes.mounts(made, container) == {"/a": tmp_path / "disk/v", "/b": tmp_path / "disk/v/x"}
    with pytest.raises(ContainerConfigError, match="names no volume"):
        volumes.mounts(made, {"volumeMounts": [{"name": "w", "mountPath": "/a"}]})


def test_a_machine_without_shared_memory_falls_back_to_the_private_folder(tmp_path: Path):
    assert memory_folder(tmp_path, name="x", shared_memory=tmp_path / "none") == tmp_path
    assert memory_folder(Path("/other"), name="x", shared_memory=tmp_path) == tmp_path / "x"
