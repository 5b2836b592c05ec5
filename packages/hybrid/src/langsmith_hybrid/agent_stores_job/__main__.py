"""``python -m agent_stores_job``: run once, inside the cluster."""

from __future__ import annotations

import argparse
import datetime as dt
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from pathlib import Path

from . import databases, master_user
from .cluster_objects import ClusterObjects
from .errors import JobError
from .http_call import Transport, transport
from .master_user import MasterUser
from .redis_slots import Token
from .request import PostgresServer, Request
from .work import carry_out


def main(argv: Sequence[str] | None = None, environ: Mapping[str, str] = os.environ) -> int:
    """Carry the request out; 1 when something has to be seen to, which the termination message then says."""
    flags = _flags().parse_args(argv)
    try:
        _run(flags, environ)
    except JobError as problem:
        said = str(problem)
    except Exception as problem:  # noqa: BLE001 - what nobody foresaw may quote what nobody may read
        where = traceback.extract_tb(problem.__traceback__)[-1]
        said = f"{type(problem).__name__} in {Path(where.filename).name}, line {where.lineno}. Report this as a defect."
    else:
        return 0
    sys.stderr.write(f"{said}\n")
    flags.termination_log.write_text(said)
    return 1


def _flags() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="agent_stores_job", description=__doc__)
    parser.add_argument("--request", type=Path, required=True)
    parser.add_argument("--service-account", type=Path, required=True, help="folder of token and ca.crt")
    parser.add_argument("--redis-token", type=Path, help="file of Redis' token")
    parser.add_argument("--termination-log", type=Path, required=True)
    return parser


def _run(flags: argparse.Namespace, environ: Mapping[str, str]) -> None:
    address = f"{environ['KUBERNETES_SERVICE_HOST']}:{environ['KUBERNETES_SERVICE_PORT']}"
    authority = str(flags.service_account / "ca.crt")
    objects = ClusterObjects(f"https://{address}", flags.service_account / "token", transport(authority))
    token = Token(flags.redis_token.read_text().strip()) if flags.redis_token else None
    request = Request.from_json(flags.request.read_text())
    carry_out(request, objects, _AsMasterUser(environ, transport()), token, print)


class _AsMasterUser:
    """PostgreSQL, with a password that is asked for when it is needed and kept nowhere."""

    def __init__(self, environ: Mapping[str, str], call: Transport) -> None:
        self._environ = environ
        self._call = call

    def make(self, server: PostgresServer, accounts: Sequence[databases.Account]) -> None:
        databases.make(server, self._master(server), accounts)

    def left_over(self, server: PostgresServer, agents: Sequence[str]) -> list[str]:
        return databases.left_over(server, self._master(server), agents)

    def _master(self, server: PostgresServer) -> MasterUser:
        return master_user.fetch(server, self._environ, self._call, lambda: dt.datetime.now(dt.UTC))


if __name__ == "__main__":
    sys.exit(main())
