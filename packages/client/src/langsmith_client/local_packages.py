"""The folders of Python code a langgraph.json names, and where each goes in the image."""

from __future__ import annotations

import dataclasses
import re
import tomllib
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from langsmith_client.langgraph_json import LangGraphConfig

_DEPS = PurePosixPath("/deps")


@dataclasses.dataclass(frozen=True)
class LocalPackage:
    """One folder of code that enters the image.

    The places follow langgraph-cli (`/deps/<name>`, or `/deps/outer-<folder>/...` for a folder without a
    pyproject.toml), with one difference: for `.` the name is the project's and not that of the folder the repository
    happens to be checked out in, or the image would differ from clone to clone.

    Attributes:
        directory: The folder, absolute.
        name: Name of the distribution it is, or of the folder when it is none.
        container: Where its content goes.
        import_root: What has to be on Python's path for its modules to be importable.
        requirements: What it declares to need, as requirement lines.
        requirements_file: A requirements.txt to read as well, if there is one without a pyproject.toml.
        lock: The uv.lock that settles its dependencies: its own, or that of the workspace it is a member of.
        plain: True for a folder without packaging metadata.
        installable: False for a setup.py without [project] metadata, which only an engine that runs code can read.
    """

    directory: Path
    name: str
    container: PurePosixPath
    import_root: PurePosixPath
    requirements: tuple[str, ...] = ()
    requirements_file: Path | None = None
    lock: Path | None = None
    plain: bool = False
    installable: bool = True

    @property
    def recipe(self) -> tuple[Path, ...]:
        """Files that decide which dependencies it gets, whether or not they enter the image."""
        written = [self.directory / name for name in ("pyproject.toml", "setup.py", "package.json")]
        return tuple(
            path for path in (*written, self.requirements_file, self.lock) if path is not None and path.is_file()
        )


def local_packages(config: LangGraphConfig, project_name: str) -> tuple[LocalPackage, ...]:
    """The packages of `config`, in the order of its `dependencies`; `project_name` is the folder used for `.`.

    Raises:
        ProjectError: A folder is missing, or two of them would go to the same place.
    """
    if config.javascript:
        directory = config.directory.resolve()
        return (LocalPackage(directory, project_name, _DEPS / project_name, _DEPS / project_name),)
    packages: list[LocalPackage] = []
    problems: list[str] = []
    for entry in config.dependencies:
        if not entry.startswith("."):
            continue
        directory = (config.directory / entry).resolve()
        if not directory.is_dir():
            problems.append(f"{config.path.name}: the dependency {entry!r} is not a folder ({directory}).")
            continue
        name = project_name if directory == config.directory.resolve() else directory.name
        package = _package(directory, name)
        if any(package.container == other.container for other in packages):
            problems.append(f"{config.path.name}: two dependencies would go to {package.container}.")
        packages.append(package)
    if problems:
        raise ProjectError(problems, "Correct the `dependencies`.")
    return tuple(packages)


def read_pyproject(directory: Path) -> dict[str, Any]:
    """The pyproject.toml of `directory`, empty when there is none.

    Raises:
        ProjectError: It is not TOML.
    """
    path = directory / "pyproject.toml"
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise ProjectError([f"{path} is not valid TOML: {error}."], "Correct it and try again.") from None


def _package(directory: Path, name: str) -> LocalPackage:
    metadata = read_pyproject(directory).get("project")
    if metadata is None and not (directory / "setup.py").is_file() and not (directory / "pyproject.toml").is_file():
        return _plain_folder(directory)
    container = _DEPS / name
    return LocalPackage(
        directory=directory,
        name=(metadata or {}).get("name", name),
        container=container,
        import_root=container / "src" if (directory / "src").is_dir() else container,
        requirements=tuple((metadata or {}).get("dependencies", ())),
        lock=_lock(directory),
        installable=metadata is not None and "dependencies" not in metadata.get("dynamic", ()),
    )


def _plain_folder(directory: Path) -> LocalPackage:
    outer = _DEPS / f"outer-{directory.name}"
    flat = (directory / "__init__.py").is_file()
    container = outer / (directory.name if flat else "src")
    requirements = directory / "requirements.txt"
    return LocalPackage(
        directory=directory,
        name=directory.name,
        container=container,
        import_root=outer if flat else container,
        requirements_file=requirements if requirements.is_file() else None,
        plain=True,
    )


def _lock(directory: Path) -> Path | None:
    """Its own uv.lock, or that of the workspace above it, within the repository."""
    for folder in (directory, *directory.parents):
        lock = folder / "uv.lock"
        if lock.is_file():
            return lock if folder == directory or _is_member(directory, lock) else None
        if (folder / ".git").exists():
            return None
    return None


def _is_member(directory: Path, lock: Path) -> bool:
    """The lock of a workspace lists its members by their place."""
    place = re.escape(directory.relative_to(lock.parent).as_posix())
    listed = rf'^source = {{ (?:editable|virtual|directory) = "{place}" }}$'
    return re.search(listed, lock.read_text(encoding="utf-8"), re.MULTILINE) is not None
