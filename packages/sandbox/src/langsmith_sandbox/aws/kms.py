"""KMS: moto's, with keys that say what they are for, whose they are, and that open tomorrow what they closed today."""

from __future__ import annotations

import functools
from typing import Any

import moto.kms.models as moto_kms
from moto.kms.models import Key, KmsBackend, kms_backends
from moto.kms.utils import MASTER_KEY_LEN, AbstractPrivateKey, KeySpec, generate_private_key
from moto.moto_api._internal import mock_random


def adjust_models() -> None:
    """Gives new keys the usage AWS defaults to, and marks those behind ``aws/...`` aliases as AWS's own.

    Symmetric keys share one RSA key: moto makes one for each, which takes long and which nothing can use. What they
    encrypt with comes from the seed of the request that makes them, as their id does: a restart makes the same again.
    """
    create_key, default_keys = KmsBackend.create_key, KmsBackend._generate_default_keys  # noqa: SLF001 - no other seam
    if getattr(create_key, "sandbox", False):
        return

    def with_usage(self: KmsBackend, policy: str | None, key_usage: str | None, *args: Any, **kwargs: Any) -> Key:
        return create_key(self, policy, key_usage or "ENCRYPT_DECRYPT", *args, **kwargs)

    def managed_by_aws(self: KmsBackend, alias_name: str) -> str | None:
        key_id = default_keys(self, alias_name)
        if key_id is not None:
            self.keys[key_id].key_manager = "AWS"
        return key_id

    with_usage.sandbox = True  # type: ignore[attr-defined]
    KmsBackend.create_key = with_usage  # type: ignore[method-assign]
    KmsBackend._generate_default_keys = managed_by_aws  # type: ignore[method-assign]  # noqa: SLF001
    moto_kms.__dict__["generate_private_key"] = _private_key
    moto_kms.__dict__["generate_master_key"] = lambda: mock_random.randbytes(MASTER_KEY_LEN)


def is_usable(arn: str) -> bool:
    """Whether an ARN is that of a key which is there and not to be deleted."""
    parts = arn.split(":")
    if len(parts) != 6 or not parts[5].startswith("key/"):
        return False
    key = kms_backends[parts[4]][parts[3]].keys.get(parts[5].removeprefix("key/"))
    return key is not None and key.key_state == "Enabled"


def _private_key(key_spec: str) -> AbstractPrivateKey:
    return _unused_key() if key_spec == KeySpec.SYMMETRIC_DEFAULT else generate_private_key(key_spec)


@functools.cache
def _unused_key() -> AbstractPrivateKey:
    return generate_private_key(KeySpec.RSA_2048)
