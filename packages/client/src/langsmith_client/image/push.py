"""Bringing an image into a registry: only what is missing there, several blobs at a time."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from langsmith_client.image.composition import Blob, Composition
    from langsmith_client.image.protocol import Say
    from langsmith_client.image_reference import ImageReference, Repository
    from langsmith_client.registry import Registry

# A base image has a score of layers, each a question to a distant registry; more would hold 16 MiB of each in memory.
_AT_ONCE = 4


def push(image: Composition, name: ImageReference, registry: Registry, say: Say) -> None:
    """Store the blobs the registry lacks, and then the manifest under the tag of `name`.

    Raises:
        RegistryError: The registry refused; no tag was made.
    """
    with ThreadPoolExecutor(_AT_ONCE) as pool:
        for done in [pool.submit(_bring, blob, name.repository, registry, say) for blob in image.blobs]:
            done.result()
    registry.put_manifest(name, image.manifest)


def _bring(blob: Blob, repository: Repository, registry: Registry, say: Say) -> None:
    if registry.has_blob(repository, blob.digest):
        return
    if blob.source is not None and registry.mount(repository, blob.digest, blob.source):
        return
    say(f"{'pushing' if blob.source is None else 'copying'} {blob.what} ({blob.size:,} bytes)")
    registry.upload(repository, blob.digest, blob.size, blob.content)
