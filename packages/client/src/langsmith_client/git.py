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


class _GitFailedError(Exception):
    """git answered with an error; the text is its own."""


def read_git_state(source: SourceTree, config: Path, folders: Sequence[Path], *, run: Runner) -> GitState | NoGit:
    """Ask git about the folders of an agent and the langgraph.json at `config`."""
    watched = [*folders, config]
    try:
        root = Path(_git(run, config.parent, "rev-parse", "--show-toplevel").strip())
        commit = _get_git_sha(root, watched, run=run)
        if commit is None:
            return NoGit("no commit holds the agent's files yet")
        return GitState(
            commit=commit,
            committed_at=int(_git(run, root, "show", "-s", "--format=%ct", commit).strip()),
            remote=_remote(run, root),
            dirty=_dirty(run, root, source, config, watched),
            shallow=_git(run, root, "rev-parse", "--is-shallow-repository").strip() == "true",
        )
    except FileNotFoundError:
        return NoGit("git is not installed")
    except (_GitFailedError, TimeoutError) as error:
        return NoGit(str(error))


def _get_git_sha(root: Path, watched: Sequence[Path], *, run: Runner) -> str | None:
    # Not HEAD: a commit that leaves this agent alone, common where many agents share a repository, must not give
    # it another tag, image and revision. git follows the parent with equal content, so this is HEAD's content.
    try:
        return _git(run, root, "log", "-1", "--format=%H", "--", *_relative(root, watched)).strip() or None
    except _GitFailedError as error:
        if "does not have any commits yet" in str(error):
            return None
        raise


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


def _dirty(run: Runner, root: Path, source: SourceTree, config: Path, watched: Sequence[Path]) -> tuple[str, ...]:
    committed = _committed(run, root, watched)
    # An ignored or untracked file counts as well: `git status` is silent about it, yet it is in the image.
    here = _hashes(run, root, [*source.files, SourceFile(config.resolve(), PurePosixPath(config.name))], committed)
    changed = {path for path, entry in here.items() if committed.get(path) != entry}
    gone = {path for path in committed if path not in here and source.enters(root / path)}
    return tuple(sorted(changed | gone))


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
        if not file.path.is_relative_to(root):
            entries[str(file.path)] = ("", "")
        elif file.link is not None:
            path = file.path.relative_to(root).as_posix()
            length = len(committed.get(path, ("", ""))[1])
            entries[path] = ("120000", _blob_hash(file.content(), length))
        else:
            regular.append((file.path.relative_to(root).as_posix(), "100755" if file.executable else "100644"))
    # git hashes regular files itself, because line endings and large-file filters decide what it would commit.
    names = "".join(f"{path}\n" for path, _ in regular).encode("utf-8", "surrogateescape")
    hashed = _git(run, root, "hash-object", "--stdin-paths", stdin=names).split()
    entries |= {path: (mode, digest) for (path, mode), digest in zip(regular, hashed, strict=True)}
    return entries


def _blob_hash(content: bytes, length: int) -> str:
    algorithm = hashlib.sha256 if length == 64 else hashlib.sha1
    return algorithm(b"blob %d\0" % len(content) + content).hexdigest()
