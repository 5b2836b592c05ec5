"""The PostgreSQL behind an instance: what it is told, and where it is."""

from __future__ import annotations

import json
from typing import Any

from moto.rds.models import DBInstance

from langsmith_sandbox.aws.context import current
from langsmith_sandbox.stores.wanted import POSTGRES, WantedStore

# Since 15 the default of `rds.force_ssl` is on.
_FORCED_FROM = 15


def name_of(database: DBInstance) -> str:
    """What its server is called."""
    return f"{POSTGRES}-{database.db_instance_identifier}"


def keep(database: DBInstance) -> None:
    """Have the server there, with the master password of now."""
    password = master_password(database)
    wanted = WantedStore(POSTGRES, str(database.master_username), (password,), force_tls=_forces_tls(database))
    current().stores.keep(name_of(database), wanted)


def endpoint(database: DBInstance) -> dict[str, Any]:
    """Address and port: the server's, or where there is none those AWS would invent."""
    report = current().stores.report(name_of(database))
    if report is not None and report.address:
        return {"Address": report.address, "Port": report.port}
    return {"Address": database.address, "Port": database.port}


def master_password(database: DBInstance) -> str:
    """The one in the managed secret, else the one that was given."""
    managed = getattr(database, "master_user_secret", None)
    if managed is None:
        return str(database._master_user_password)  # noqa: SLF001 - its property refuses to be read
    kept = managed.secretsmanager.get_secret_value(managed.secret_arn, "", "AWSCURRENT")
    return str(json.loads(kept["SecretString"])["password"])


def _forces_tls(database: DBInstance) -> bool:
    group = database.backend.db_parameter_groups.get(database.db_parameter_group_name or "")
    said = group.parameters.get("rds.force_ssl", {}).get("ParameterValue") if group else None
    return said == "1" if said is not None else int(database.engine_version.partition(".")[0]) >= _FORCED_FROM
