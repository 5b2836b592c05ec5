"""Package the stand-in charts into chart repositories that ``helm`` reads over HTTP."""

from __future__ import annotations

import dataclasses
import gzip
import hashlib
import io
import tarfile
from pathlib import Path
from typing import Any

from langsmith_sandbox.errors import SandboxError

SOURCES = Path(__file__).with_name("charts")
"""The charts' own folder, one folder a chart."""

REPOSITORIES = {
    "autoscaler": ("cluster-autoscaler",),
    "eks": ("aws-load-balancer-controller",),
    "kedacore": ("keda",),
    "langchain": ("langgraph-dataplane",),
}
"""Charts by repository; the repositories have the names under which their owners document them."""

GATEWAY_API = "gateway-api/v1.6.0/standard-install.yaml"
"""Where Gateway API's definitions are, which come as one file: release and file name as on its project's pages."""

INDEX = "index.yaml"

_GATEWAY_API_SOURCE = Path(__file__).with_name("gateway_api") / "standard-install.yaml"

_EPOCH = "2026-01-01T00:00:00Z"
"""The time in every index: a chart's bytes change with its content, never with the clock."""


class ChartUnreadableError(SandboxError):
    """A chart's folder does not hold a chart."""


@dataclasses.dataclass(frozen=True)
class PackagedChart:
    """One chart as an archive.

    Attributes:
        metadata: The fields of its ``Chart.yaml``.
        archive: A gzipped tar, the same bytes for the same files.
    """

    metadata: dict[str, Any]
    archive: bytes

    @property
    def file_name(self) -> str:
        """``<name>-<version>.tgz``, as helm looks for it."""
        return f"{self.metadata['name']}-{self.metadata['version']}.tgz"


def publish(charts_dir: Path, *, sources: Path = SOURCES) -> None:
    """Write every repository under ``charts_dir``, its archives and an ``index.yaml``, and Gateway API's definitions.

    A file is written only when its content changes, and always as a whole, so that a helm reading at the same time
    sees the old repository or the new one.

    Raises:
        ChartUnreadableError: A chart has no readable ``Chart.yaml``.
    """
    for repository, names in REPOSITORIES.items():
        folder = charts_dir / repository
        folder.mkdir(parents=True, exist_ok=True)
        charts = [package(sources / name) for name in names]
        for chart in charts:
            _replace(folder / chart.file_name, chart.archive)
        _replace(folder / INDEX, index(charts))
    definitions = charts_dir / GATEWAY_API
    definitions.parent.mkdir(parents=True, exist_ok=True)
    _replace(definitions, _GATEWAY_API_SOURCE.read_bytes())


def package(chart: Path) -> PackagedChart:
    """The chart in the folder ``chart`` as an archive that depends on nothing but its files.

    Raises:
        ChartUnreadableError: There is no ``Chart.yaml`` with a name and a version.
    """
    import yaml

    try:
        metadata = yaml.safe_load((chart / "Chart.yaml").read_bytes())
        name = f"{metadata['name']}"
        metadata["version"]
    except (OSError, KeyError, TypeError, yaml.YAMLError) as problem:
        raise ChartUnreadableError(
            f"{chart} is not a Helm chart.", "Restore its Chart.yaml with a name and a version."
        ) from problem
    tar = io.BytesIO()
    with tarfile.open(fileobj=tar, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for file in sorted(path for path in chart.rglob("*") if path.is_file()):
            content = file.read_bytes()
            entry = tarfile.TarInfo(f"{name}/{file.relative_to(chart).as_posix()}")
            entry.size, entry.mode = len(content), 0o644
            archive.addfile(entry, io.BytesIO(content))
    return PackagedChart(metadata, gzip.compress(tar.getvalue(), mtime=0))


def index(charts: list[PackagedChart]) -> bytes:
    """The ``index.yaml`` of a repository that holds ``charts``; archives are named relative to it."""
    import yaml

    entries = {
        chart.metadata["name"]: [
            {
                **chart.metadata,
                "created": _EPOCH,
                "digest": hashlib.sha256(chart.archive).hexdigest(),
                "urls": [chart.file_name],
            }
        ]
        for chart in charts
    }
    content = {"apiVersion": "v1", "generated": _EPOCH, "entries": entries}
    return yaml.safe_dump(content, sort_keys=True).encode()


def _replace(file: Path, content: bytes) -> None:
    if file.is_file() and file.read_bytes() == content:
        return
    fresh = file.with_name(f".{file.name}.new")
    fresh.write_bytes(content)
    fresh.replace(file)
