"""KMS: moto's, with keys that say what they are for."""

from __future__ import annotations

from typing import Any

from moto.kms.models import Key, KmsBackend


def adjust_models() -> None:
    """Gives new keys the usage AWS defaults to."""
    create_key = KmsBackend.create_key
    if getattr(create_key, "sandbox", False):
        return

    def with_usage(self: KmsBackend, policy: str | None, key_usage: str | None, *args: Any, **kwargs: Any) -> Key:
        return create_key(self, policy, key_usage or "ENCRYPT_DECRYPT", *args, **kwargs)

    with_usage.sandbox = True  # type: ignore[attr-defined]
    KmsBackend.create_key = with_usage  # type: ignore[method-assign]
