"""The Valkey behind a replication group: what it is told. All endpoints of a group lead to the one server there is."""

from __future__ import annotations

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.aws.elasticache.state import CacheState, ReplicationGroup, parameter_group_named
from langsmith_sandbox.aws.errors import AwsError
from langsmith_sandbox.stores.wanted import VALKEY, WantedStore

_DATABASES = "16"


def server_name(group: ReplicationGroup) -> str:
    """What its server is called."""
    return f"{VALKEY}-{group.id}"


def keep(state: CacheState, group: ReplicationGroup) -> None:
    """Have the server there, open to the tokens of now. One without encryption in transit has none here."""
    if group.settings["TransitEncryptionEnabled"]:
        values = parameter_group_named(state, group.settings["CacheParameterGroupName"]).values
        databases = int(values.get("databases", _DATABASES))
        current().stores.keep(server_name(group), WantedStore(VALKEY, secrets=group.tokens, databases=databases))


def tokens_after(before: tuple[str, ...], token: str | None, strategy: str | None) -> tuple[str, ...]:
    """Who is let in after ModifyReplicationGroup: ROTATE adds to the last one, SET leaves the new one alone.

    Raises:
        AwsError: The strategy is none.
    """
    if strategy == "DELETE":
        return ()
    if token is None:
        return before
    if strategy == "SET":
        return (token,)
    if strategy in {"ROTATE", None}:
        return (*[last for last in before[-1:] if last != token], token)
    raise AwsError("InvalidParameterValue", f"{strategy} is not a valid AuthTokenUpdateStrategy.")
