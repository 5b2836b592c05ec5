"""State that outlives the process: every request that changed something, kept encrypted and replayed at start."""

from __future__ import annotations

import base64
import dataclasses
import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from cryptography.fernet import Fernet, InvalidToken

from langsmith_sandbox.aws.errors import JournalError

_PRIVATE = 0o600
_KEPT = ("REQUEST_METHOD", "PATH_INFO", "QUERY_STRING", "RAW_URI", "SERVER_NAME", "SERVER_PORT", "CONTENT_TYPE")


@dataclasses.dataclass(frozen=True)
class Entry:
    """One request, as much of it as a replay needs.

    Attributes:
        seed: What every id made while handling it was derived from.
        instant: The clock when it was handled, seconds since the epoch.
        environ: The text part of its WSGI environment.
        body: Its body; may hold secrets.
    """

    seed: str
    instant: float
    environ: Mapping[str, str]
    body: bytes = dataclasses.field(repr=False)


def entry(seed: str, instant: float, environ: Mapping[str, Any], body: bytes) -> Entry:
    """The entry for a request about to be handled."""
    kept = {key: environ[key] for key in environ if key in _KEPT or key.startswith("HTTP_")}
    return Entry(seed, instant, {key: value for key, value in kept.items() if isinstance(value, str)}, body)


class Journal:
    """An append-only file, one encrypted entry a line.

    Entries hold passwords and access keys, so the whole line is encrypted; the key lies beside it, readable by the
    owner only. A line cut short by a kill is dropped: its request was never answered.

    Args:
        folder: Where ``journal`` and ``journal.key`` live; made if missing.
    """

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self._path = folder / "journal"
        self._fernet = Fernet(_key(folder / "journal.key"))
        self._drop_torn_line()
        os.close(os.open(self._path, os.O_WRONLY | os.O_CREAT, _PRIVATE))

    def append(self, added: Entry) -> None:
        """Keeps ``added``; once this returns it survives a kill of the process."""
        record = {
            "seed": added.seed,
            "instant": added.instant,
            "environ": dict(added.environ),
            "body": base64.b64encode(added.body).decode(),
        }
        with self._path.open("ab") as file:
            file.write(self._fernet.encrypt(json.dumps(record).encode()) + b"\n")

    def entries(self) -> Iterator[Entry]:
        """All entries, oldest first.

        Raises:
            JournalError: The file was changed, or its key is another one.
        """
        for number, line in enumerate(self._path.read_bytes().splitlines(), start=1):
            try:
                record = json.loads(self._fernet.decrypt(line))
            except InvalidToken as problem:
                raise JournalError(str(self._path), f"entry {number} does not fit the key beside it") from problem
            yield Entry(record["seed"], record["instant"], record["environ"], base64.b64decode(record["body"]))

    def forget(self) -> None:
        """Empties the file: nothing of what it held exists any more."""
        os.truncate(self._path, 0)

    def _drop_torn_line(self) -> None:
        if not self._path.exists():
            return
        content = self._path.read_bytes()
        whole = content.rfind(b"\n") + 1
        if whole < len(content):
            with self._path.open("r+b") as file:
                file.truncate(whole)


def _key(path: Path) -> bytes:
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _PRIVATE), "wb") as file:
            file.write(Fernet.generate_key())
    return path.read_bytes()
