"""One RDS instance: a PostgreSQL with a superuser of the sandbox's own and a master user who is none, as on RDS."""

from __future__ import annotations

import dataclasses
import os
import secrets
import subprocess
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.pki import write_secret
from langsmith_sandbox.part import Part
from langsmith_sandbox.stores.errors import StoreError
from langsmith_sandbox.stores.store_place import StorePlace, listens

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from langsmith_sandbox.stores.wanted import WantedStore

PORT = 5432
_SUPERUSER = "rdsadmin"
_TIMEOUT = 60.0  # seconds
_STATUS_LINE = 7  # of postmaster.pid, the eighth: where `pg_ctl` looks as well
# A sandbox may lose its last second in a power cut; what its processes share lies in the store's folder and goes with
# it; and no statement is worth a password in a log.
_SETTINGS = """\
listen_addresses = '{address}'
port = {port}
unix_socket_directories = ''
ssl = on
ssl_cert_file = '{certificate}'
ssl_key_file = '{key}'
password_encryption = scram-sha-256
fsync = off
shared_buffers = 16MB
dynamic_shared_memory_type = mmap
max_connections = 50
log_min_error_statement = panic
log_timezone = UTC
timezone = UTC
"""


def obstacle() -> str | None:
    """Why PostgreSQL cannot run here as this user, as half a sentence; None when nothing is known to forbid it."""
    disguise = _as_somebody_else()
    if not disguise:
        return None
    try:
        tried = subprocess.run([*disguise, "true"], capture_output=True, text=True, timeout=_TIMEOUT, check=False)
    except OSError as problem:
        return f"{disguise[0]}: {problem.strerror}"
    return tried.stderr.strip() or "unshare failed" if tried.returncode else None


@dataclasses.dataclass(frozen=True)
class PostgresStore:
    """A PostgreSQL in a folder.

    Attributes:
        programs: Folder of ``initdb``, ``postgres`` and ``psql``.
        folder: Everything it keeps.
        name: Its part's name.
    """

    programs: Path
    folder: Path
    name: str

    @property
    def port(self) -> int:
        """PostgreSQL's own."""
        return PORT

    def prepare(self, wanted: WantedStore) -> StorePlace:
        """Make the server's files, unless they are there.

        Raises:
            StoreError: PostgreSQL cannot make them here.
        """
        place = StorePlace.prepare(self.folder, PORT)
        if not (self._data / "PG_VERSION").exists():
            write_secret(self._password_file, secrets.token_hex(16).encode())
            options = ("--locale-provider=builtin", "--builtin-locale=C.UTF-8", "--locale=C", "--encoding=UTF8")
            files = (f"--pgdata={self._data}", f"--pwfile={self._password_file}")
            self._run("initdb", f"--username={_SUPERUSER}", "--auth=scram-sha-256", "--no-sync", *options, *files)
            single = ("--single", "-D", str(self._data), "-c", "log_min_error_statement=panic", "postgres")
            self._run("postgres", *single, said=_master_user(wanted))
        settings = {"address": place.address, "port": PORT, "certificate": place.certificate, "key": place.key}
        (self._data / "postgresql.conf").write_text(_SETTINGS.format(**settings))
        (self._data / "pg_hba.conf").write_text(_access(force_tls=wanted.force_tls))
        return place

    def parts(self, place: StorePlace) -> tuple[Part, ...]:
        """The server."""
        argv = (*_as_somebody_else(), str(self.programs / "postgres"), "-D", str(self._data))
        return (Part(self.name, argv, ready=lambda: listens(place.address, PORT) and self._is_up),)

    def change(self, place: StorePlace, wanted: WantedStore) -> None:
        """Give the master user of the running server another password.

        Raises:
            StoreError: The server refuses.
        """
        connection = f"host={place.address} port={PORT} user={_SUPERUSER} dbname=postgres sslmode=require"
        statement = f"ALTER ROLE {_quoted(wanted.user)} PASSWORD {_literal(wanted.secrets[0])};"
        password = {"PGPASSWORD": self._password_file.read_text()}
        self._run("psql", "--no-psqlrc", "--set=ON_ERROR_STOP=1", connection, said=statement, env=password)

    @property
    def _is_up(self) -> bool:
        """True once the server takes connections: it listens a while before, and refuses whoever comes."""
        try:
            lines = (self._data / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > _STATUS_LINE and lines[_STATUS_LINE].strip() == "ready"

    @property
    def _data(self) -> Path:
        return self.folder / "data"

    @property
    def _password_file(self) -> Path:
        return self.folder / "superuser"

    def _run(self, program: str, *arguments: str, said: str = "", env: Mapping[str, str] | None = None) -> None:
        argv = (*_as_somebody_else(), str(self.programs / program), *arguments)
        # Without a zone initdb compares the machine's with all there are.
        given = {**os.environ, "TZ": "UTC", **(env or {})}
        try:
            done = subprocess.run(
                argv, input=said, env=given, capture_output=True, text=True, timeout=_TIMEOUT, check=False
            )
        except (OSError, subprocess.TimeoutExpired) as problem:
            raise StoreError(
                f"{program} cannot be run ({type(problem).__name__}).", "See the supervisor's log."
            ) from None
        if done.returncode != 0 or "ERROR:" in done.stderr or "FATAL:" in done.stderr:
            last = (done.stderr.strip().splitlines() or ["it said nothing."])[-1]
            raise StoreError(f"{program} failed: {last}", "See that this user may make user namespaces.")


def _as_somebody_else() -> Sequence[str]:
    """PostgreSQL refuses to run as root, so root is shown to it as nobody: the files stay root's."""
    return () if os.geteuid() != 0 else ("unshare", "--map-user=65534", "--map-group=65534", "--")


def _master_user(wanted: WantedStore) -> str:
    """What the master user may: make roles and databases, two of which are its own, and nothing a superuser could."""
    user = _quoted(wanted.user)
    return (
        f"CREATE ROLE {user} LOGIN CREATEDB CREATEROLE PASSWORD {_literal(wanted.secrets[0])};\n"
        f"GRANT pg_monitor, pg_signal_backend TO {user} WITH ADMIN OPTION;\n"
        f"ALTER DATABASE postgres OWNER TO {user};\nALTER DATABASE template1 OWNER TO {user};\n"
    )


def _access(*, force_tls: bool) -> str:
    """Without a line for them, connections in the clear are refused in the words RDS refuses them in."""
    kind = "hostssl" if force_tls else "host"
    return f"{kind} all all 127.0.0.0/8 scram-sha-256\n"


def _quoted(name: str) -> str:
    return '"{}"'.format(name.replace('"', '""'))


def _literal(text: str) -> str:
    return "'{}'".format(text.replace("'", "''"))
