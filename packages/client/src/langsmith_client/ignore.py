"""Which files of an agent stay out of its image: a fixed list, plus the folder's own .dockerignore."""

from __future__ import annotations

import dataclasses
import re
from pathlib import Path, PurePosixPath

_NEVER_FOLDERS = frozenset(
    {
        ".git",
        ".hg",
        ".langgraph_api",
        ".mypy_cache",
        ".pytest_cache",
        ".ruff_cache",
        ".tox",
        ".venv",
        "__pycache__",
        "node_modules",
        "venv",
    }
)
# Left behind by an editable install, by other tools than the ones that made the commit.
_NEVER_SUFFIX = ".egg-info"
_NEVER_FILES = re.compile(r"\.env(\..*)?|\.git|\.DS_Store|.*\.py[co]|langsmith\.toml")


@dataclasses.dataclass(frozen=True)
class IgnoreRules:
    """Rules for the files below one folder.

    The fixed list wins over everything: a .env holds secrets, and neither it nor bytecode may enter an image even
    when a .dockerignore asks for it; a langsmith.toml says where agents go, which is no reason to build them anew.
    After that .dockerignore decides, last match first, as docker reads it
    (https://docs.docker.com/build/concepts/context/#dockerignore-files).
    """

    patterns: tuple[tuple[re.Pattern[str], bool], ...] = ()

    @classmethod
    def read(cls, folder: Path) -> IgnoreRules:
        """The rules of `folder`, whose .dockerignore may be missing."""
        try:
            lines = (folder / ".dockerignore").read_text(encoding="utf-8").splitlines()
        except FileNotFoundError:
            return cls()
        compiled = (_compile(line) for line in lines)
        return cls(tuple(rule for rule in compiled if rule is not None))

    def excludes(self, path: PurePosixPath) -> bool:
        """True when the file or folder at `path`, relative to the folder of the rules, stays out."""
        if _forbidden(path) or _NEVER_FILES.fullmatch(path.name):
            return True
        candidates = [str(path), *(str(parent) for parent in path.parents if parent.parts)]
        excluded = False
        for pattern, excludes in self.patterns:
            if excludes != excluded and any(pattern.fullmatch(candidate) for candidate in candidates):
                excluded = excludes
        return excluded

    def may_skip(self, folder: PurePosixPath) -> bool:
        """True when nothing below `folder` can enter, so that walking it is wasted time."""
        if _forbidden(folder):
            return True
        readmits = any(not excludes for _, excludes in self.patterns)
        return not readmits and self.excludes(folder)


def _forbidden(path: PurePosixPath) -> bool:
    return any(part in _NEVER_FOLDERS or part.endswith(_NEVER_SUFFIX) for part in path.parts)


def _compile(line: str) -> tuple[re.Pattern[str], bool] | None:
    text = line.strip()
    if not text or text.startswith("#"):
        return None
    excludes = not text.startswith("!")
    cleaned = str(PurePosixPath(text.removeprefix("!").strip().lstrip("/")))
    return None if cleaned == "." else (re.compile(_expression(cleaned)), excludes)


def _expression(pattern: str) -> str:
    tokens = re.findall(r"\*\*/|\*\*|\*|\?|\[\^?[^\]]+\]|\\.|.", pattern)
    return "".join(map(_token, tokens))


def _token(token: str) -> str:
    match token:
        case "**/":
            return "(?:.*/)?"
        case "**":
            return ".*"
        case "*":
            return "[^/]*"
        case "?":
            return "[^/]"
    if len(token) > 1 and token.startswith("["):
        return token
    return re.escape(token.removeprefix("\\") if len(token) > 1 else token)
