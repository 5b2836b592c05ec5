"""Files of NAME=value lines, as `langgraph deploy` reads them and so that it reads back what was written."""

from __future__ import annotations

import contextlib
import io
import os
import tempfile
from typing import TYPE_CHECKING

from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from pathlib import Path

    from langsmith_client.target.protocol import SecretReference

_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}
# A file's `${NAME}` is filled in wherever it stands and cannot be escaped; this one is filled in with a dollar sign.
_DOLLAR = "${:-$}{"


def read_env_file(path: Path) -> dict[str, str]:
    """The variables of a file; a name without a value has an empty one.

    The parser is that of `langgraph deploy`, with quotes over several lines and `${OTHER}` filled in: two clients that
    read one file differently would take turns at changing the deployment.

    Raises:
        ProjectError: The file cannot be read, or holds something else.
    """
    from dotenv import dotenv_values
    from dotenv.parser import parse_stream

    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ProjectError([f"{path} cannot be read ({type(error).__name__})."], "Check --env-file.") from None
    for line in parse_stream(io.StringIO(text)):
        # The text may be half a secret, so that it is not quoted.
        if line.error or (line.key is not None and line.value is None):
            raise ProjectError([f"Line {line.original.line} of {path} is not NAME=value."], "Correct the line.")
    return {name: value or "" for name, value in dotenv_values(stream=io.StringIO(text)).items()}


def render_env_file(variables: Mapping[str, str], references: Iterable[SecretReference] = ()) -> str:
    """The text of a file that holds `variables`, with the references as comments."""
    lines = [f"{name}={_quoted(value)}\n" for name, value in sorted(variables.items())]
    lines += [
        f"# {each.name} is the key {each.secret_key} of the Secret {each.secret_name}.\n"
        for each in sorted(references, key=lambda reference: reference.name)
    ]
    return "".join(lines)


def write_private(path: Path, text: str, *, replace: bool) -> None:
    """Write a file that only its owner may read, whole or not at all.

    Raises:
        ProjectError: It exists and shall not be replaced.
        OSError: It cannot be written.
    """
    descriptor, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")  # mode 0600 from the start
    try:
        with os.fdopen(descriptor, "w", encoding="utf-8") as file:
            file.write(text)
        if replace:
            os.replace(name, path)
        else:
            os.link(name, path)  # unlike a rename it never replaces
    except FileExistsError:
        raise ProjectError([f"{path} exists."], "Choose another --output, or replace it with --force.") from None
    finally:
        with contextlib.suppress(FileNotFoundError):
            os.unlink(name)


def _quoted(value: str) -> str:
    escaped = "".join(_ESCAPES.get(character, character) for character in value)
    return f'"{escaped.replace("${", _DOLLAR)}"'
