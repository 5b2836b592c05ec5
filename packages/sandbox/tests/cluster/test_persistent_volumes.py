"""Claims and their volumes, as the driver sees them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import pytest

from langsmith_sandbox.cluster.errors import ContainerConfigError, KubernetesApiError
from langsmith_sandbox.cluster.informer import DELETED, MODIFIED
from langsmith_sandbox.cluster.persistent_volumes import VOLUMES, PersistentVolumes

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.cluster.api import KubernetesApi

CLAIM = "/api/v1/namespaces/agents/persistentvolumeclaims/data"
CLASS = "/apis/storage.k8s.io/v1/storageclasses/gp3"


class FakeApi:
    """Objects by path; what is created is an object from then on."""

    def __init__(self) -> None:
        self.objects: dict[str, Any] = {
            CLAIM: {
                "metadata": {"namespace": "agents", "name": "data", "uid": "1b4e28ba-2fa1-11d2-883f-0016d3cca427"},
                "spec": {
                    "accessModes": ["ReadWriteOnce"],
                    "storageClassName": "gp3",
                    "resources": {"requests": {"storage": "8Gi"}},
                },
                "status": {"phase": "Pending"},
            },
            CLASS: {"metadata": {"name": "gp3"}, "provisioner": "ebs.csi.aws.com", "reclaimPolicy": "Delete"},
        }

    def get(self, path: str) -> Any:
        if path not in self.objects:
            raise KubernetesApiError(404, "NotFound", f"{path} not found")
        return self.objects[path]

    def create(self, path: str, body: Any) -> Any:
        path = f"{path}/{body['metadata']['name']}"
        if path in self.objects:
            raise KubernetesApiError(409, "AlreadyExists", f"{path} already exists")
        self.objects[path] = body
        return body

    def delete(self, path: str) -> None:
        del self.objects[path]

    def volumes(self) -> list[Any]:
        return [item for path, item in self.objects.items() if path.startswith(VOLUMES)]

    def bind(self) -> Any:
        """What the controller manager does with a claim and the volume made for it."""
        (volume,) = self.volumes()
        self.objects[CLAIM]["spec"]["volumeName"] = volume["metadata"]["name"]
        self.objects[CLAIM]["status"]["phase"] = "Bound"
        return volume


@pytest.fixture
def api() -> FakeApi:
    return FakeApi()


@pytest.fixture
def driver(api: FakeApi, tmp_path: Path) -> PersistentVolumes:
    return PersistentVolumes(cast("KubernetesApi", api), tmp_path)


def test_a_claim_gets_one_volume_and_its_pod_waits_until_it_is_bound(driver: PersistentVolumes, api: FakeApi) -> None:
    for _ in range(2):
        with pytest.raises(ContainerConfigError, match="waiting for a volume to be bound"):
            driver.folder_of("agents", "data")
    volume = api.bind()
    assert volume["spec"]["claimRef"]["uid"] == api.objects[CLAIM]["metadata"]["uid"], "nobody else's claim takes it"
    assert volume["spec"]["capacity"] == {"storage": "8Gi"}
    assert driver.folder_of("agents", "data").is_dir()


def test_another_pod_with_the_same_claim_finds_what_the_first_one_wrote(
    driver: PersistentVolumes, api: FakeApi
) -> None:
    with pytest.raises(ContainerConfigError):
        driver.folder_of("agents", "data")
    api.bind()
    (driver.folder_of("agents", "data") / "dump.rdb").write_text("kept")
    assert (driver.folder_of("agents", "data") / "dump.rdb").read_text() == "kept"


@pytest.mark.parametrize(
    ("path", "change", "reason"),
    [
        (CLAIM, {"storageClassName": None}, 'claim "data" has no storage class that exists'),
        (CLAIM, {"storageClassName": "gp2"}, 'claim "data" has no storage class that exists'),
        (CLAIM, {"accessModes": ["ReadWriteMany"]}, "ReadWriteMany not supported"),
        (CLASS, {"provisioner": "efs.csi.aws.com"}, "is of efs.csi.aws.com, not of ebs.csi.aws.com"),
    ],
)
def test_a_claim_the_driver_cannot_meet_says_why(
    driver: PersistentVolumes, api: FakeApi, path: str, change: dict[str, Any], reason: str
) -> None:
    target = api.objects[path]["spec"] if path == CLAIM else api.objects[path]
    target.update(change)
    with pytest.raises(ContainerConfigError, match=reason):
        driver.folder_of("agents", "data")
    assert not api.volumes()


def test_a_pod_that_names_no_claim_is_told_so(driver: PersistentVolumes) -> None:
    with pytest.raises(ContainerConfigError, match='persistentvolumeclaim "none" not found'):
        driver.folder_of("agents", "none")


@pytest.mark.parametrize(
    ("phase", "policy", "by", "kept"),
    [
        ("Released", "Delete", "ebs.csi.aws.com", False),
        ("Released", "Retain", "ebs.csi.aws.com", True),
        ("Released", "Delete", "somebody.else", True),
        ("Bound", "Delete", "ebs.csi.aws.com", True),
    ],
)
def test_a_volume_goes_with_its_claim_if_its_class_says_so(
    driver: PersistentVolumes, api: FakeApi, phase: str, policy: str, by: str, kept: bool
) -> None:
    with pytest.raises(ContainerConfigError):
        driver.folder_of("agents", "data")
    volume = api.bind()
    folder = driver.folder_of("agents", "data")
    volume["status"] = {"phase": phase}
    volume["spec"]["persistentVolumeReclaimPolicy"] = policy
    volume["metadata"]["annotations"] = {"pv.kubernetes.io/provisioned-by": by}
    driver.observe(MODIFIED, volume)
    assert bool(api.volumes()) is folder.exists() is kept


def test_a_volume_that_is_gone_is_not_deleted_again(driver: PersistentVolumes, api: FakeApi) -> None:
    with pytest.raises(ContainerConfigError):
        driver.folder_of("agents", "data")
    volume = api.bind()
    api.objects.clear()
    driver.observe(DELETED, {**volume, "status": {"phase": "Released"}})
