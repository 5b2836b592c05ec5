"""The image that agents are built on: its manifest and configuration for one platform."""

from __future__ import annotations

import dataclasses
import json
from typing import Any

from langsmith_client.errors import BuildError, RegistryError
from langsmith_client.image_reference import ImageReference, Repository
from langsmith_client.manifest import INDEX_TYPES, Manifest
from langsmith_client.registry import Registry


@dataclasses.dataclass(frozen=True)
class BaseImage:
    """One platform's image.

    Attributes:
        name: As the agent names it, mirrors aside.
        source: The repository its blobs are read from, which may be a mirror's.
        digest: Of the platform's manifest.
        manifest: The parsed manifest.
        config: The parsed configuration.
    """

    name: ImageReference
    source: Repository
    digest: str
    manifest: dict[str, Any]
    config: dict[str, Any]


def read_base(registry: Registry, name: ImageReference, platform: str) -> BaseImage:
    """Read the base image `name` for `platform`, through a mirror if there is one.

    Raises:
        BuildError: It cannot be had, or not for this platform.
    """
    place = registry.through_mirror(name)
    try:
        manifest = platform_manifest(registry, place, platform)
        config = json.loads(registry.blob(place.repository, manifest.values["config"]["digest"]))
    except RegistryError as error:
        raise BuildError(f"The base image {name} cannot be read: {error.what}", error.remedy) from error
    if "architecture" in config and platform_of(config) != platform:
        raise BuildError(
            f"The base image {name} is made for {platform_of(config)}, not for {platform}.", _OTHER_PLATFORM
        )
    return BaseImage(name, place.repository, manifest.digest, manifest.values, config)


def base_labels(base: BaseImage) -> dict[str, str]:
    """The labels that say what an image was built on."""
    prefix = "org.opencontainers.image.base"
    return {f"{prefix}.name": str(base.name), f"{prefix}.digest": base.digest}


def platform_manifest(registry: Registry, image: ImageReference, platform: str) -> Manifest:
    """The manifest of `image`, having chosen from an index the one for `platform`.

    Raises:
        BuildError: The index has none.
        RegistryError: The registry has no such image.
    """
    return choose_platform(registry, image, registry.manifest(image), platform)


def choose_platform(registry: Registry, image: ImageReference, manifest: Manifest, platform: str) -> Manifest:
    """`manifest`, which is that of `image`, or if it is an index, the manifest in it that is for `platform`.

    Raises:
        BuildError: The index has none.
    """
    if manifest.media_type not in INDEX_TYPES:
        return manifest
    offered = {platform_of(entry["platform"]): entry["digest"] for entry in reversed(manifest.values["manifests"])}
    if platform not in offered:
        raise BuildError(f"{image} exists for {', '.join(sorted(offered))}, not for {platform}.", _OTHER_PLATFORM)
    return registry.manifest(ImageReference(image.repository, offered[platform]))


_OTHER_PLATFORM = "Choose another --platform or `base_image`."


def platform_of(values: dict[str, Any]) -> str:
    """The platform of a configuration or of an entry in an index, such as `linux/arm64`."""
    variant = values.get("variant", "")
    # arm64 has one variant in practice, and half of the world's images leave it out.
    suffix = f"/{variant}" if variant and values["architecture"] != "arm64" else ""
    return f"{values.get('os', 'linux')}/{values['architecture']}{suffix}"
