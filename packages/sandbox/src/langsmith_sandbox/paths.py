"""Where the sandbox keeps its state: one folder, ``.sandbox/``, that can be deleted whole."""

from __future__ import annotations

import dataclasses
import os
from pathlib import Path

HOME_VARIABLE = "LANGSMITH_SANDBOX_HOME"


@dataclasses.dataclass(frozen=True)
class WorldPaths:
    """The files and folders under one sandbox home (an absolute path)."""

    home: Path

    @classmethod
    def discover(cls) -> WorldPaths:
        """The home named by ``LANGSMITH_SANDBOX_HOME``, else ``.sandbox`` beside the nearest ``uv.lock``, else here."""
        if named := os.environ.get(HOME_VARIABLE):
            return cls(Path(named).absolute())
        here = Path.cwd()
        for folder in (here, *here.parents):
            if (folder / "uv.lock").is_file() and (folder / "packages" / "sandbox").is_dir():
                return cls(folder / ".sandbox")
        return cls(here / ".sandbox")

    @property
    def world_file(self) -> Path:
        """``world.json``: endpoints, ports and process ids. Holds no secret."""
        return self.home / "world.json"

    @property
    def credentials_file(self) -> Path:
        """``credentials.json`` (mode 0600): the API key, the AWS access key, the state passphrase of this sandbox."""
        return self.home / "credentials.json"

    @property
    def logs(self) -> Path:
        """One file a part."""
        return self.home / "logs"

    @property
    def aws(self) -> Path:
        """The AWS emulator's journal."""
        return self.home / "aws"

    @property
    def control_plane(self) -> Path:
        """The control plane's database."""
        return self.home / "control_plane"

    @property
    def clusters(self) -> Path:
        """One folder per EKS cluster: PKI, etcd data, kubeconfig, ``nodes.json``."""
        return self.home / "clusters"

    @property
    def stores(self) -> Path:
        """One folder per store: the server's data, certificate and address."""
        return self.home / "stores"

    @property
    def registry(self) -> Path:
        """Blobs of the image registry."""
        return self.home / "registry"

    @property
    def charts(self) -> Path:
        """Packaged charts, one folder per chart repository."""
        return self.home / "charts"

    @property
    def images(self) -> Path:
        """The nodes' image cache: unpacked root file systems by digest, and references."""
        return self.home / "images"

    @property
    def pulumi(self) -> Path:
        """``PULUMI_HOME`` and the file backend's state."""
        return self.home / "pulumi"

    @property
    def bin(self) -> Path:
        """Launchers the sandbox puts on PATH: pulumi, helm, plugins."""
        return self.home / "bin"
