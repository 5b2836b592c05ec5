"""S3: moto's, with today's defaults of a new bucket and bucket policies whose conditions are looked at."""

from __future__ import annotations

import json
from typing import Any

from moto.iam.access_control import IAMPolicy, PermissionResult
from moto.s3.exceptions import S3ClientError
from moto.s3.models import FakeBucket, PublicAccessBlock, S3Backend

from langsmith_sandbox.aws.context import current

# What a condition is compared with. The sandbox listens on loopback without TLS; clients of the real S3 use TLS.
_REQUEST_CONTEXT = {"aws:SecureTransport": "true"}

_NOT_JSON = "Policies must be valid JSON and the first byte must be '{'"


def adjust_models() -> None:
    """Corrects moto's bucket."""
    bucket_init, put_policy = FakeBucket.__init__, S3Backend.put_bucket_policy
    if getattr(bucket_init, "sandbox", False):
        return

    def init(self: FakeBucket, *args: Any, **kwargs: Any) -> None:
        """A bucket as S3 makes them since April 2023: encrypted, private, owned by its account."""
        bucket_init(self, *args, **kwargs)
        self.creation_date = current().clock.utc()
        self.encryption = _default_encryption()
        self.public_access_block = PublicAccessBlock(True, True, True, True)  # type: ignore[arg-type]
        self.ownership_rule = "BucketOwnerEnforced"  # type: ignore[assignment]

    def put_bucket_policy(self: S3Backend, bucket_name: str, policy: bytes) -> None:
        _check_policy(policy)
        put_policy(self, bucket_name, policy)

    def delete_bucket_encryption(self: S3Backend, bucket_name: str) -> None:
        """Encryption cannot be switched off, only reset to the default."""
        self.get_bucket(bucket_name).encryption = _default_encryption()

    init.sandbox = True  # type: ignore[attr-defined]
    FakeBucket.__init__ = init  # type: ignore[method-assign]
    FakeBucket.get_permission = _permission  # type: ignore[method-assign]
    S3Backend.put_bucket_policy = put_bucket_policy  # type: ignore[method-assign]
    S3Backend.delete_bucket_encryption = delete_bucket_encryption  # type: ignore[method-assign]


def _default_encryption() -> dict[str, Any]:
    return {"Rule": {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": "AES256"}, "BucketKeyEnabled": False}}


def _permission(self: FakeBucket, action: str, resource: str) -> PermissionResult:
    """What the bucket's policy says of an action, by the statements whose conditions hold."""
    if self.policy is None:
        return PermissionResult.NEUTRAL
    statements = _statements(json.loads(self.policy))
    applying = [
        {name: value for name, value in statement.items() if name != "Condition"}
        for statement in statements
        if _holds(statement.get("Condition") or {})
    ]
    policy = IAMPolicy(json.dumps({"Version": "2012-10-17", "Statement": applying}))
    return policy.is_action_permitted(action, resource)


def _holds(condition: dict[str, dict[str, Any]]) -> bool:
    """Whether every condition is met; one on a key the sandbox does not know is not."""
    return all(
        operator == "Bool" and str(_REQUEST_CONTEXT.get(key)).lower() == str(wanted).lower()
        for operator, wants in condition.items()
        for key, wanted in wants.items()
    )


def _check_policy(policy: bytes) -> None:
    try:
        document = json.loads(policy)
    except ValueError as problem:
        raise S3ClientError(
            "MalformedPolicy", "Policies must be valid JSON and the first byte must be '{'"
        ) from problem
    if not isinstance(document, dict) or not _statements(document):
        raise S3ClientError("MalformedPolicy", "Missing required field Statement")
    for statement in _statements(document):
        for required in ("Effect", "Principal", "Action", "Resource"):
            if required not in statement and f"Not{required}" not in statement:
                raise S3ClientError("MalformedPolicy", f"Missing required field {required}")


def _statements(document: dict[str, Any]) -> list[dict[str, Any]]:
    found = document.get("Statement") or []
    return found if isinstance(found, list) else [found]
