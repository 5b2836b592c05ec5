"""Volumes that outlive Pods: what the EBS CSI driver makes of claims, as folders of the cluster's.

The controller manager binds volumes to claims, as it does in every cluster; making and deleting them is a driver's.
"""

from __future__ import annotations

import logging
import shutil
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import ContainerConfigError, KubernetesApiError
from langsmith_sandbox.cluster.informer import DELETED

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json, KubernetesApi

log = logging.getLogger(__name__)

DRIVER = "ebs.csi.aws.com"
VOLUMES = "/api/v1/persistentvolumes"
_PROVISIONED_BY = "pv.kubernetes.io/provisioned-by"
_ONE_NODE = "ReadWriteOnce"  # a block device is attached to one instance


class PersistentVolumes:
    """The driver of one cluster.

    Args:
        api: The cluster.
        folder: Where the volumes are.
    """

    def __init__(self, api: KubernetesApi, folder: Path) -> None:
        self._api = api
        self._folder = folder

    def folder_of(self, namespace: str, name: str) -> Path:
        """The folder behind a claim. The first time a Pod asks for it, its volume is made.

        Raises:
            ContainerConfigError: There is none: yet, or for a reason the text names.
        """
        claim = self._optional(f"/api/v1/namespaces/{namespace}/persistentvolumeclaims/{name}")
        if claim is None:
            raise ContainerConfigError(f'persistentvolumeclaim "{name}" not found')
        if claim.get("status", {}).get("phase") == "Bound":
            folder = self._folder / claim["spec"]["volumeName"]
            folder.mkdir(parents=True, exist_ok=True)
            return folder
        self._provision(claim)
        raise ContainerConfigError(f'waiting for a volume to be bound to persistentvolumeclaim "{name}"')

    def observe(self, kind: str, volume: Json) -> None:
        """Delete a volume whose claim is gone, if its class says so."""
        ours = volume["metadata"].get("annotations", {}).get(_PROVISIONED_BY) == DRIVER
        released = volume.get("status", {}).get("phase") == "Released"
        if kind == DELETED or not (ours and released and volume["spec"]["persistentVolumeReclaimPolicy"] == "Delete"):
            return
        name = volume["metadata"]["name"]
        shutil.rmtree(self._folder / name, ignore_errors=True)
        self._api.delete(f"{VOLUMES}/{name}")
        log.info("volume %s is deleted with its claim", name)

    def _provision(self, claim: Json) -> None:
        metadata, spec = claim["metadata"], claim["spec"]
        chosen = spec.get("storageClassName")
        storage_class = self._optional(f"/apis/storage.k8s.io/v1/storageclasses/{chosen}") if chosen else None
        if storage_class is None:
            raise ContainerConfigError(f'persistentvolumeclaim "{metadata["name"]}" has no storage class that exists')
        if storage_class["provisioner"] != DRIVER:
            raise ContainerConfigError(f'storageclass "{chosen}" is of {storage_class["provisioner"]}, not of {DRIVER}')
        if spec["accessModes"] != [_ONE_NODE]:
            raise ContainerConfigError(
                f"Volume capabilities {' '.join(spec['accessModes'])} not supported. Only {_ONE_NODE} supported."
            )
        try:
            self._api.create(VOLUMES, _volume(claim, storage_class))
        except KubernetesApiError as problem:
            if problem.status != 409:  # made at the last try, and not bound yet
                raise

    def _optional(self, path: str) -> Json | None:
        try:
            return self._api.get(path)
        except KubernetesApiError as problem:
            if problem.status == 404:
                return None
            raise


def _volume(claim: Json, storage_class: Json) -> Json:
    metadata, spec = claim["metadata"], claim["spec"]
    handle = f"vol-{metadata['uid'].replace('-', '')[:17]}"
    return {
        "apiVersion": "v1",
        "kind": "PersistentVolume",
        "metadata": {"name": f"pvc-{metadata['uid']}", "annotations": {_PROVISIONED_BY: DRIVER}},
        "spec": {
            "accessModes": spec["accessModes"],
            "capacity": {"storage": spec["resources"]["requests"]["storage"]},
            "claimRef": {
                "apiVersion": "v1",
                "kind": "PersistentVolumeClaim",
                "namespace": metadata["namespace"],
                "name": metadata["name"],
                "uid": metadata["uid"],
            },
            "csi": {"driver": DRIVER, "volumeHandle": handle, "fsType": "ext4"},
            "persistentVolumeReclaimPolicy": storage_class["reclaimPolicy"],
            "storageClassName": storage_class["metadata"]["name"],
        },
    }
