"""An image that is deployed as it is: built elsewhere, or promoted from one target to the next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError, RegistryError
from langsmith_client.image.publish import PublishedImage
from langsmith_client.image_reference import parse_reference

if TYPE_CHECKING:
    from langsmith_client.image_reference import ImageReference
    from langsmith_client.registry import Registry

_DIGEST = re.compile(r"sha256:[0-9a-f]{64}")


def read_given(text: str) -> ImageReference:
    """Read `repository@sha256:...`.

    Raises:
        ProjectError: It is not that. A tag may mean another image on every node that pulls it.
    """
    image = parse_reference(text)
    if not _DIGEST.fullmatch(image.reference):
        raise ProjectError(
            [f"--image-uri must name an image by its digest, and {text!r} does not."],
            "Write repository@sha256:..., as `langsmith-client push` prints it under `pull as`.",
        )
    return image


def given_image(image: ImageReference, registry: Registry) -> PublishedImage:
    """The image as one that is published.

    Raises:
        RegistryError: The registry does not have it, so that no node could pull it either.
    """
    if registry.digest(image) is None:
        raise RegistryError(f"{image} is not in its registry.", "Push it first, or copy it there from where it is.")
    return PublishedImage(image, image.reference, reused=True)
