"""The dependency layer: the wheels an agent needs beyond what its base image ships, for any platform, by uv."""

from __future__ import annotations

import contextlib
import dataclasses
import hashlib
import json
import re
import sys
import tempfile
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from langsmith_client.errors import BuildError
from langsmith_client.image.layer import Entry, Layer, write_layer
from langsmith_client.image.scripts import script_entries
from langsmith_client.turns import turn

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from langsmith_client.image.base_contents import BaseContents
    from langsmith_client.local_packages import LocalPackage
    from langsmith_client.processes import Runner

# Part of the cache key: raise it whenever the same wheels would make another layer.
_FORMAT = 2
_UV_PLATFORMS = {"linux/amd64": "x86_64-manylinux_2_28", "linux/arm64": "aarch64-manylinux_2_28"}
_TIMEOUT = 600.0  # seconds; a first resolution may download a lot
# What uv leaves in a target folder that is about this machine: its lock, and commands that start this Python.
_MACHINE_FILES = re.compile(r"\.lock|bin/.*|.*/uv_cache\.json|.*\.pyc")


@dataclasses.dataclass(frozen=True)
class Wanted:
    """Everything that decides which wheels are chosen.

    Attributes:
        requirements: Requirement lines.
        locked: `name==version` from lock files.
        contents: What the base ships.
        base: Digest of the base image.
        platform: `linux/amd64` or `linux/arm64`.
        python: Major and minor version.
        folder: Where uv runs, so that the index settings of the project hold.
    """

    requirements: tuple[str, ...]
    locked: tuple[str, ...]
    contents: BaseContents
    base: str
    platform: str
    python: str
    folder: Path

    @property
    def key(self) -> str:
        """Names the layer in the cache: 64 hex digits."""
        parts = [_FORMAT, sorted(self.requirements), sorted(self.locked), self.base, self.platform, self.python]
        return hashlib.sha256(json.dumps(parts).encode()).hexdigest()

    @property
    def site_packages(self) -> PurePosixPath:
        """Where packages go in the image."""
        return PurePosixPath(self.contents.site_packages or f"/usr/local/lib/python{self.python}/site-packages")

    def constraints(self) -> str:
        """The base's packages as they are, then its constraints, then the locks: the first to name a package wins.

        The base comes first because its server was tested with these versions, and because a second copy of a
        package in another layer would shadow the first.
        """
        lines = {name: f"{name}=={version}" for name, version in self.contents.packages.items()}
        for line in (*self.contents.constraints.splitlines(), *self.locked):
            try:
                lines.setdefault(canonicalize_name(Requirement(line.strip()).name), line.strip())
            except InvalidRequirement:
                continue  # a comment, or an option that only pip knows
        return "".join(f"{lines[name]}\n" for name in sorted(lines))


def wanted_requirements(packages: Sequence[LocalPackage], listed: Sequence[str]) -> tuple[str, ...]:
    """Requirement lines of an agent: those `listed` in its langgraph.json and those its packages declare.

    A package that is itself part of the agent is left out: it comes as source.
    """
    own = {canonicalize_name(package.name) for package in packages}
    lines = [line for line in listed if not line.startswith(".")]
    for package in packages:
        lines += package.requirements
        if package.requirements_file:
            text = package.requirements_file.read_text(encoding="utf-8").splitlines()
            lines += [line.strip() for line in text if line.strip() and not line.strip().startswith("#")]
    return tuple(line for line in lines if _name(line) not in own)


def dependency_layer(wanted: Wanted, cache: Path, *, run: Runner, fresh: bool = False) -> Layer | None:
    """The layer with everything of `wanted` that the base lacks, or None when it lacks nothing.

    Layers are kept in `cache` by the content of the wish, so that an unchanged one costs no resolution. The agents
    of a fleet often want the same layer: the first of them makes it. A `fresh` one is resolved again: where no lock
    settles it, the index may have newer versions for the same wish.

    Raises:
        BuildError: No set of wheels fulfils the wish.
    """
    cache.mkdir(parents=True, exist_ok=True)
    record = cache / f"{wanted.key}.json"
    with turn(wanted.key):
        if record.is_file() and not fresh:
            with contextlib.suppress(_DamagedError):
                return _recall(record)
        return _make(wanted, record, run)


def _make(wanted: Wanted, record: Path, run: Runner) -> Layer | None:
    pins = _missing(wanted, run)
    layer = None
    with tempfile.TemporaryDirectory(dir=record.parent, prefix="building-") as folder:
        if pins:
            comment = f"langsmith-client: {' '.join(pins)}"
            target = Path(folder).resolve() / "target"  # uv runs in the agent's folder
            _install(wanted, pins, target, run)
            entries = [
                *_entries(target, wanted.site_packages),
                *script_entries(target, wanted.site_packages, wanted.python),
            ]
            written = write_layer(entries, Path(folder) / "layer", owned=wanted.site_packages, comment=comment)
            layer = dataclasses.replace(written, path=record.with_suffix(".tar.gz"))
            written.path.replace(layer.path)
        # The record comes last: a run cut short leaves a layer without one, which the next run makes again.
        fresh = Path(folder) / "record"
        fresh.write_text(json.dumps(layer and {**dataclasses.asdict(layer), "path": layer.path.name}), encoding="utf-8")
        fresh.replace(record)
    return layer


class _DamagedError(Exception):
    """A cached layer is not what its record says."""


def _recall(record: Path) -> Layer | None:
    try:
        values = json.loads(record.read_text(encoding="utf-8"))
        layer = None if values is None else Layer(**{**values, "path": record.with_name(values["path"])})
        if layer is not None and layer.path.stat().st_size != layer.size:
            raise _DamagedError
    except (OSError, ValueError, TypeError, KeyError):
        raise _DamagedError from None
    return layer


def _missing(wanted: Wanted, run: Runner) -> tuple[str, ...]:
    if not wanted.requirements:
        return ()
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as constraints:
        constraints.write(wanted.constraints())
        constraints.flush()
        listing = _uv(
            run,
            wanted,
            ["compile", "-", "--constraints", constraints.name, "--no-header", "--no-annotate", "--no-strip-markers"],
            stdin="".join(f"{line}\n" for line in wanted.requirements),
        )
    pins = (line.strip() for line in listing.splitlines())
    return tuple(pin for pin in pins if pin and not pin.startswith("#") and _name(pin) not in wanted.contents.packages)


def _install(wanted: Wanted, pins: Sequence[str], target: Path, run: Runner) -> None:
    with tempfile.NamedTemporaryFile("w", suffix=".txt", encoding="utf-8") as listing:
        listing.write("".join(f"{pin}\n" for pin in pins))
        listing.flush()
        _uv(run, wanted, ["install", "--no-deps", "--target", str(target), "--requirements", listing.name])


def _uv(run: Runner, wanted: Wanted, arguments: Sequence[str], *, stdin: str = "") -> str:
    from uv import find_uv_bin

    argv = [find_uv_bin(), "pip", *arguments, "--quiet", "--no-progress", "--only-binary", ":all:"]
    argv += ["--python-platform", _UV_PLATFORMS[wanted.platform], "--python-version", wanted.python]
    argv += ["--python", sys.executable]
    try:
        done = run(argv, cwd=wanted.folder, stdin=stdin.encode(), timeout=_TIMEOUT)
    except TimeoutError as error:
        raise BuildError(f"The dependencies could not be had: {error}.", "Check the package index.") from None
    if done.exit_code != 0:
        said = " ".join(done.stderr.split())
        raise BuildError(
            f"The dependencies do not resolve for {wanted.platform}, Python {wanted.python}, on this base: {said}",
            "Loosen a requirement that contradicts the base image; for a package without wheels use --builder docker.",
        )
    return done.stdout.decode()


def _entries(target: Path, site_packages: PurePosixPath) -> Iterator[Entry]:
    for path in target.rglob("*"):
        place = path.relative_to(target).as_posix()
        if not path.is_file() or _MACHINE_FILES.fullmatch(place):
            continue
        if path.name == "RECORD" and path.parent.suffix == ".dist-info":
            yield Entry(site_packages / place, _record(path.read_text(encoding="utf-8")))
        else:
            yield Entry(site_packages / place, path, executable=bool(path.stat().st_mode & 0o100))


def _record(text: str) -> bytes:
    """A RECORD without the files left out, whose hashes differ from machine to machine."""
    lines = (line for line in text.splitlines() if not re.match(r"(\.\./)*bin/|.*\.pyc,|.*/uv_cache\.json,", line))
    return "".join(f"{line}\n" for line in sorted(lines)).encode()


def _name(line: str) -> str:
    try:
        return canonicalize_name(Requirement(line.partition(" #")[0].strip()).name)
    except InvalidRequirement:
        raise BuildError(
            f"The requirement {line!r} is not one that can be resolved without running pip.",
            "Write it as `name`, `name==version` or `name @ URL`, or use --builder docker.",
        ) from None
