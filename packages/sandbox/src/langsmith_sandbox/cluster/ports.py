"""The loopback ports of one cluster: chosen free once, then kept, so that a restart keeps the endpoint."""

from __future__ import annotations

import dataclasses
import json
import os
from typing import TYPE_CHECKING

from langsmith_sandbox.cluster.errors import ClusterNotPreparedError
from langsmith_sandbox.loopback_ports import keep_or_choose_ports

if TYPE_CHECKING:
    from pathlib import Path

FILE_NAME = "ports.json"


@dataclasses.dataclass(frozen=True)
class ClusterPorts:
    """One TCP port on 127.0.0.1 for each thing that listens."""

    etcd: int
    etcd_peer: int
    api_server: int
    authenticator: int
    kubelet: int

    @classmethod
    def choose(cls) -> ClusterPorts:
        """Ports nobody listens on now."""
        return cls(**keep_or_choose_ports((field.name for field in dataclasses.fields(cls)), {}))

    @classmethod
    def load(cls, directory: Path) -> ClusterPorts:
        """The ports remembered in a cluster's folder.

        Raises:
            ClusterNotPreparedError: There is no readable ``ports.json``.
        """
        try:
            return cls(**json.loads((directory / FILE_NAME).read_text()))
        except (OSError, ValueError, TypeError) as problem:
            raise ClusterNotPreparedError(str(directory)) from problem

    def save(self, directory: Path) -> None:
        """Remember the ports; the file appears whole or not at all."""
        unfinished = directory / f"{FILE_NAME}.{os.getpid()}"
        unfinished.write_text(json.dumps(dataclasses.asdict(self), indent=2))
        unfinished.replace(directory / FILE_NAME)
