"""The KMS key that encrypts a stack's secrets, as a team has one before its first stack."""

from __future__ import annotations

import dataclasses
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.walkthrough import account

if TYPE_CHECKING:
    from collections.abc import Mapping

_WAIT = 7  # days; the least KMS lets pass before it deletes a key


@dataclasses.dataclass(frozen=True)
class StateKey:
    """A key of the sandbox's account. A passphrase would do; each run of the engine computes two seconds on one.

    Attributes:
        project: The Pulumi project whose stack it is for.
        environ: The sandbox's environment.
    """

    project: str
    environ: Mapping[str, str] = dataclasses.field(repr=False)

    @property
    def alias(self) -> str:
        """Its name in KMS."""
        return f"alias/{self.project}-state"

    @property
    def secrets_provider(self) -> str:
        """What ``pulumi stack init --secrets-provider`` calls it."""
        return f"awskms:///{self.alias}?region={self.environ['AWS_REGION']}"

    def ensure(self) -> None:
        """Make it if there is none."""
        kms = self._kms()
        if self._id(kms) is None:
            made = kms.create_key(Description=f"State of {self.project}")["KeyMetadata"]["KeyId"]
            kms.create_alias(AliasName=self.alias, TargetKeyId=made)

    def retire(self) -> None:
        """Delete it, once nothing it encrypted is needed any more."""
        kms = self._kms()
        key = self._id(kms)
        if key is not None:
            kms.delete_alias(AliasName=self.alias)
            kms.schedule_key_deletion(KeyId=key, PendingWindowInDays=_WAIT)

    def _id(self, kms: Any) -> str | None:
        try:
            return kms.describe_key(KeyId=self.alias)["KeyMetadata"]["KeyId"]
        except kms.exceptions.NotFoundException:
            return None

    def _kms(self) -> Any:
        return account.client(self.environ, "kms")
