"""A random token made once and kept in the stack's state, encrypted, for a service that wants to be told its password.

The engine stores a pickled `TokenProvider` in every stack's state: by reference, as this module's and this class's
name. **Neither may ever be renamed or moved**, or existing stacks can no longer be read.
"""

from __future__ import annotations

import secrets
import uuid
from typing import Any

import pulumi
from pulumi.dynamic import CreateResult, DiffResult, Resource, ResourceProvider, UpdateResult

# 256 bits, spelled in 64 hexadecimal digits: ElastiCache takes 16 to 128 characters, and URLs take all of these.
_BYTES = 32

Props = dict[str, Any]


class TokenProvider(ResourceProvider):
    """Makes tokens for the engine. There is nothing behind them to read or to delete."""

    serialize_as_secret_always = False

    def diff(self, _id: str, _olds: Props, _news: Props) -> DiffResult:
        """Called for a token in the state, also in previews: only another generation is another token."""
        return DiffResult(changes=_olds.get("generation") != _news.get("generation"))

    def create(self, props: Props) -> CreateResult:
        """Called for a token that is not in the state."""
        return CreateResult(str(uuid.uuid4()), _token(props))

    def update(self, _id: str, _olds: Props, _news: Props) -> UpdateResult:
        """Called when the generation has changed."""
        return UpdateResult(_token(_news))


class GeneratedToken(Resource, module="langsmith", name="GeneratedToken"):
    """A random token of 64 hexadecimal digits.

    Attributes:
        value: The token; a secret.
    """

    value: pulumi.Output[str]

    def __init__(self, name: str, *, generation: int, opts: pulumi.ResourceOptions | None = None) -> None:
        """Declare a token.

        Args:
            name: Name of the resource in the stack.
            generation: Any number; another one makes a new token.
            opts: Options of the resource.
        """
        secret = pulumi.ResourceOptions(additional_secret_outputs=["value"])
        # Outputs are declared as empty inputs, without which the resource would have no such attributes.
        props = {"generation": generation, "value": None}
        super().__init__(TokenProvider(), name, props, pulumi.ResourceOptions.merge(opts, secret))


def _token(props: Props) -> Props:
    return {**props, "value": secrets.token_hex(_BYTES)}
