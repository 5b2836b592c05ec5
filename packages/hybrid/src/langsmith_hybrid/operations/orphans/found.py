"""Something that exists in the account and may be a left-over."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Mapping

RANDOM = r"-[0-9a-f]{7}"
"""How the names end that Pulumi makes up, as a pattern."""

_ARN_PARTS = 6


@dataclasses.dataclass(frozen=True)
class Found:
    """One resource.

    Attributes:
        type: As the Resource Groups Tagging API names it, such as ``ec2:subnet``.
        id: The id or name people know it by.
        arn: Its ARN; empty where it is not known.
        tags: Its tags.
    """

    type: str
    id: str
    arn: str
    tags: Mapping[str, str] = dataclasses.field(default_factory=dict)

    @classmethod
    def by_arn(cls, arn: str, tags: Mapping[str, str]) -> Found:
        """What an ARN names: ``arn:aws:ec2:...:subnet/subnet-1`` is the ``ec2:subnet`` called ``subnet-1``."""
        arn = arn.removesuffix(":*")  # as log groups' ARNs may end
        parts = arn.split(":", _ARN_PARTS - 1)
        if len(parts) < _ARN_PARTS:
            return cls("unknown", arn, arn, tags)
        service, resource = parts[2], parts[5]
        if service == "s3":
            return cls("s3:bucket", resource, arn, tags)
        kind, *name = re.split("[:/]", resource, maxsplit=1)
        return cls(f"{service}:{kind}", name[0], arn, tags) if name else cls(service, kind, arn, tags)


def plain(tags: object, key: str = "Key", value: str = "Value") -> dict[str, str]:
    """Tags as AWS lists them, as a mapping."""
    return {each[key]: each.get(value) or "" for each in tags} if isinstance(tags, list) else {}
