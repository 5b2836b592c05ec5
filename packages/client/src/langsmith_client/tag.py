"""The tag of an agent's image: `<version>-<12 hex of the commit>`, for people; machines deploy by digest."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError
from langsmith_client.git import GitState, NoGit

if TYPE_CHECKING:
    from collections.abc import Mapping

DEFAULT_PLATFORM = "linux/amd64"
# Always cut from the full hash: git's own abbreviation grows with the clone, so one commit would get two tags.
_COMMIT_LENGTH = 12
_CONTENT_LENGTH = 8
_MOST_FILES = 20  # that a sentence names
# https://github.com/opencontainers/distribution-spec/blob/main/spec.md#pulling-manifests
_LEGAL = re.compile(r"[A-Za-z0-9_][A-Za-z0-9._-]{0,127}")


def image_tag(version: str, git: GitState | NoGit, content: str, platform: str = DEFAULT_PLATFORM) -> str:
    """The tag for `version` of an agent whose files have the digest `content` (hex).

    With files that differ from the commit it ends in `-dirty-<8 hex of content>`, without a commit it is
    `<version>-nogit-<8 hex of content>`; two states of the files never share a tag. A platform other than the
    default is named too, since one commit can be built for several.

    Raises:
        ProjectError: The version cannot be part of a tag.
    """
    short = content[:_CONTENT_LENGTH]
    if isinstance(git, NoGit):
        state = f"nogit-{short}"
    else:
        state = git.commit[:_COMMIT_LENGTH] + (f"-dirty-{short}" if git.dirty else "")
    # A `+` is legal in a Python version and not in a tag; an underscore replaces it, as in Helm.
    tag = f"{version.replace('+', '_')}-{state}"
    if platform != DEFAULT_PLATFORM:
        tag += "-" + platform.removeprefix("linux/").replace("/", "-")
    return legal_tag(tag)


def rebuilt_tag(tag: str, number: int) -> str:
    """The tag of the `number`th rebuild of what `tag` stands for; 0 is the first build.

    Raises:
        ProjectError: It would be too long.
    """
    return legal_tag(f"{tag}-r{number}") if number else tag


def refuse_uncommitted(git: GitState | NoGit, environ: Mapping[str, str]) -> None:
    """In CI, which the variable CI tells, an image must come from a commit: nobody could find its files again.

    Raises:
        ProjectError: There is no commit, or files differ from it, which are named.
    """
    if environ.get("CI", "").lower() in {"", "0", "false"}:
        return
    remedy = "Commit or ignore what a step before left behind, or give --allow-dirty."
    if isinstance(git, NoGit):
        raise ProjectError([f"This is CI, and no commit explains the image: {git.reason}."], remedy)
    if git.dirty:
        more = len(git.dirty) - _MOST_FILES
        files = ", ".join(git.dirty[:_MOST_FILES]) + (f" and {more} more" if more > 0 else "")
        raise ProjectError([f"This is CI, and files differ from the commit: {files}."], remedy)


def is_legal_tag(tag: str) -> bool:
    """Whether registries take `tag`."""
    return _LEGAL.fullmatch(tag) is not None


def legal_tag(tag: str) -> str:
    """`tag` itself, if a registry would take it.

    Raises:
        ProjectError: It is too long or holds a character that registries refuse.
    """
    if not is_legal_tag(tag):
        raise ProjectError(
            [f"The image tag {tag!r} is not legal: letters, digits, `_`, `.` and `-`, at most 128 of them."],
            "Change the version in pyproject.toml, or give another with --version-label.",
        )
    return tag
