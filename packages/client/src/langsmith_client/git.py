"""What git knows about an agent: the commit its content comes from, and which files differ from that commit."""

from __future__ import annotations

import dataclasses
import hashlib
import re
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from langsmith_client.source import SourceFile, SourceTree

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from langsmith_client.processes import Runner

# A read-only look must not take the index lock from under a commit in progress.
_ENVIRONMENT = {"GIT_LITERAL_PATHSPECS": "1", "GIT_OPTIONAL_LOCKS": "0", "LC_ALL": "C"}


@dataclasses.dataclass(frozen=True)
class GitState:
    """The commit behind an agent.

    Attributes:
        commit: Full hash of the last commit that touched the agent's files.
        committed_at: Its time, in seconds since the epoch.
        remote: Web address of `origin` without credentials, or None.
        dirty: Files that enter the image and differ from the commit, relative to the repository, sorted.
        shallow: The clone's history is cut off, so `commit` may be newer than in a full clone.
    """

    commit: str
    committed_at: int
    remote: str | None
    dirty: tuple[str, ...]
    shallow: bool


@dataclasses.dataclass(frozen=True)
class NoGit:
    """There is no commit to name, and why."""

    reason: str


_UNCOMMITTED = NoGit("no commit holds the agent's files yet")


class _GitFailedError(Exception):
    """git answered with an error; the text is its own."""


@dataclasses.dataclass(frozen=True)
class Watched:
    """What git is asked about: one agent.

    Attributes:
        source: The files that enter its image.
        recipe: Files that decide what the image is without having to enter it, its langgraph.json first.
        folders: Its folders of code.
    """

    source: SourceTree
    recipe: tuple[Path, ...]
    folders: tuple[Path, ...]

    @property
    def paths(self) -> tuple[Path, ...]:
        """A commit that touches one of these is a commit of the agent."""
        return (*self.folders, *self.recipe)


def read_git_states(agents: Sequence[Watched], *, run: Runner) -> tuple[GitState | NoGit, ...]:
    """Ask git about many agents, in their order: once per repository, and once more for each agent's own commit."""
    repositories: dict[Path, list[int]] = {}
    for index, agent in enumerate(agents):
        repositories.setdefault(_repository(agent.recipe[0].resolve().parent), []).append(index)
    found: dict[int, GitState | NoGit] = {}
    for folder, members in repositories.items():
        found |= zip(members, _states(folder, [agents[index] for index in members], run), strict=True)
    return tuple(found[index] for index in range(len(agents)))


def _repository(folder: Path) -> Path:
    """Where git would find the repository, so that agents can be grouped without asking it."""
    return next((each for each in (folder, *folder.parents) if (each / ".git").exists()), folder)


def _states(folder: Path, agents: Sequence[Watched], run: Runner) -> Sequence[GitState | NoGit]:
    try:
        root, shallow = _git(run, folder, "rev-parse", "--show-toplevel", "--is-shallow-repository").splitlines()
        commits = [_own_commit(Path(root), agent.paths, run=run) for agent in agents]
        if not any(commits):
            return [_UNCOMMITTED] * len(agents)
        remote = _remote(run, Path(root))
        dirty = _dirty(run, Path(root), agents)
    except FileNotFoundError:
        return [NoGit("git is not installed")] * len(agents)
    except (_GitFailedError, TimeoutError) as error:
        return [NoGit(str(error))] * len(agents)
    return [
        GitState(*commit, remote, files, shallow == "true") if commit else _UNCOMMITTED
        for commit, files in zip(commits, dirty, strict=True)
    ]


def _own_commit(root: Path, watched: Sequence[Path], *, run: Runner) -> tuple[str, int] | None:
    # Not HEAD: a commit that leaves this agent alone, common where many agents share a repository, must not give
    # it another tag, image and revision. git follows the parent with equal content, so this is HEAD's content.
    try:
        line = _git(run, root, "log", "-1", "--format=%H %ct", "--", *_relative(root, watched)).split()
    except _GitFailedError as error:
        if "does not have any commits yet" in str(error):
            return None
        raise
    return (line[0], int(line[1])) if line else None


def _relative(root: Path, paths: Sequence[Path]) -> list[str]:
    inside = [path.resolve() for path in paths if path.resolve().is_relative_to(root)]
    return [path.relative_to(root).as_posix() for path in inside]


def _git(run: Runner, folder: Path, *arguments: str, stdin: bytes = b"") -> str:
    done = run(["git", *arguments], cwd=folder, stdin=stdin, env=_ENVIRONMENT, timeout=30)
    if done.exit_code != 0:
        raise _GitFailedError(done.stderr.strip().splitlines()[0] if done.stderr.strip() else "git failed")
    return done.stdout.decode("utf-8", "surrogateescape")


def _remote(run: Runner, root: Path) -> str | None:
    try:
        return _web_address(_git(run, root, "config", "--get", "remote.origin.url").strip())
    except _GitFailedError:
        return None


def _web_address(url: str) -> str | None:
    """The https form of a remote: the same for every clone, and never with a user, a token or a local path."""
    match = re.fullmatch(r"(?:https?|ssh|git)://(?:[^/@]*@)?([^/:]+)(?::\d+)?/(.+?)(?:\.git)?/?", url) or re.fullmatch(
        r"(?:[^/@:]+@)([^/:]+):(.+?)(?:\.git)?/?", url
    )
    return f"https://{match[1]}/{match[2]}" if match else None


def _dirty(run: Runner, root: Path, agents: Sequence[Watched]) -> Sequence[tuple[str, ...]]:
    """The files of each agent that differ from the commit."""
    committed = _committed(run, root, sorted({path for agent in agents for path in agent.paths}))
    # An ignored or untracked file counts as well: `git status` is silent about it, yet it is in the image.
    files = {file.path: file for agent in agents for file in _files(agent)}
    here = _hashes(run, root, list(files.values()), committed)
    missing = [path for path in committed if path not in here]
    changed: list[tuple[str, ...]] = []
    for agent in agents:
        own = {_name(root, file.path) for file in _files(agent)}
        gone = {path for path in missing if agent.source.enters(root / path)}
        changed.append(tuple(sorted(gone | {path for path in own if committed.get(path) != here[path]})))
    return changed


def _files(agent: Watched) -> tuple[SourceFile, ...]:
    inside = {file.path for file in agent.source.files}
    beside = (path.resolve() for path in agent.recipe)
    return (*agent.source.files, *(SourceFile(path, PurePosixPath(path.name)) for path in beside if path not in inside))


def _name(root: Path, path: Path) -> str:
    """A file as git names it; one outside of the repository keeps its whole path."""
    return path.relative_to(root).as_posix() if path.is_relative_to(root) else str(path)


def _committed(run: Runner, root: Path, watched: Sequence[Path]) -> Mapping[str, tuple[str, str]]:
    listing = _git(run, root, "ls-tree", "-r", "-z", "--full-tree", "HEAD", "--", *_relative(root, watched))
    entries: dict[str, tuple[str, str]] = {}
    for line in filter(None, listing.split("\0")):
        description, path = line.split("\t", 1)
        mode, _, digest = description.split(" ")
        entries[path] = (mode, digest)
    return entries


def _hashes(
    run: Runner, root: Path, files: Sequence[SourceFile], committed: Mapping[str, tuple[str, str]]
) -> Mapping[str, tuple[str, str]]:
    entries: dict[str, tuple[str, str]] = {}
    regular: list[tuple[str, str]] = []
    for file in files:
        path = _name(root, file.path)
        if not file.path.is_relative_to(root):
            entries[path] = ("", "")
        elif file.link is not None:
            length = len(committed.get(path, ("", ""))[1])
            entries[path] = ("120000", _blob_hash(file.content(), length))
        else:
            regular.append((path, "100755" if file.executable else "100644"))
    # git hashes regular files itself, because line endings and large-file filters decide what it would commit.
    names = "".join(f"{path}\n" for path, _ in regular).encode("utf-8", "surrogateescape")
    hashed = _git(run, root, "hash-object", "--stdin-paths", stdin=names).split()
    entries |= {path: (mode, digest) for (path, mode), digest in zip(regular, hashed, strict=True)}
    return entries


def _blob_hash(content: bytes, length: int) -> str:
    algorithm = hashlib.sha256 if length == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()
