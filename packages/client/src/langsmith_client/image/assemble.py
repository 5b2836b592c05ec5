"""An image's configuration and manifest, as values: the base's, with layers, environment and labels added."""

from __future__ import annotations

import copy
import datetime as dt
import json
from typing import TYPE_CHECKING, Any

from langsmith_client.manifest import OCI_MANIFEST, Manifest

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langsmith_client.image.base_image import BaseImage
    from langsmith_client.image.layer import Layer

OCI_CONFIG = "application/vnd.oci.image.config.v1+json"
_OCI_LAYER = "application/vnd.oci.image.layer.v1.tar+gzip"
# A base pushed by docker carries docker's media types. The bytes are the same, and one manifest keeps to one family.
_AS_OCI = {
    "application/vnd.docker.image.rootfs.diff.tar.gzip": _OCI_LAYER,
    "application/vnd.docker.image.rootfs.diff.tar": "application/vnd.oci.image.layer.v1.tar",
}


def image_config(
    base: BaseImage,
    layers: Sequence[Layer],
    *,
    env: Mapping[str, str],
    labels: Mapping[str, str],
    working_dir: str | None,
    created: int,
) -> bytes:
    """The configuration of the new image; `created` is in seconds since the epoch, and never the time of the build."""
    config: dict[str, Any] = copy.deepcopy(base.config)
    settings = config.setdefault("config", {})
    settings["Env"] = _merged_env(settings.get("Env") or (), env)
    settings["Labels"] = {**(settings.get("Labels") or {}), **labels}
    if working_dir:
        settings["WorkingDir"] = working_dir
    config["created"] = timestamp(created)
    config["rootfs"]["diff_ids"] += [layer.diff_id for layer in layers]
    config["history"] = [
        *config.get("history", ()),
        *({"created": timestamp(created), "created_by": layer.comment} for layer in layers),
    ]
    return _canonical(config)


def image_manifest(
    base: BaseImage, layers: Sequence[Layer], config_digest: str, config_size: int, annotations: Mapping[str, str]
) -> Manifest:
    """The manifest that binds the base's layers, the new ones and the configuration.

    `annotations` are the image's labels: whoever has the manifest then needs no second request to read them.
    """
    inherited = [
        {
            "mediaType": _AS_OCI.get(entry["mediaType"], entry["mediaType"]),
            "digest": entry["digest"],
            "size": entry["size"],
        }
        for entry in base.manifest["layers"]
    ]
    added = [{"mediaType": _OCI_LAYER, "digest": layer.digest, "size": layer.size} for layer in layers]
    values = {
        "schemaVersion": 2,
        "mediaType": OCI_MANIFEST,
        "config": {"mediaType": OCI_CONFIG, "digest": config_digest, "size": config_size},
        "layers": [*inherited, *added],
        "annotations": dict(annotations),
    }
    return Manifest(_canonical(values), OCI_MANIFEST)


def timestamp(seconds: int) -> str:
    """RFC 3339 in UTC."""
    return dt.datetime.fromtimestamp(seconds, dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def _merged_env(base: Sequence[str], env: Mapping[str, str]) -> list[str]:
    merged = {name: value for name, _, value in (line.partition("=") for line in base)}
    return [f"{name}={value}" for name, value in {**merged, **env}.items()]


def _canonical(values: Mapping[str, Any]) -> bytes:
    return json.dumps(values, sort_keys=True, separators=(",", ":")).encode()
