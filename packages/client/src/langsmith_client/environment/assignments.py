"""Values for variables from where they may be secret: standard input, files and the process's own environment."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from langsmith_client.environment.names import REMEDY, variable_problems
from langsmith_client.errors import ProjectError

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_FROM_STDIN = re.compile(r"(?P<name>[^=@]+)=-")
_FROM_FILE = re.compile(r"(?P<name>[^=@]+)@(?P<file>.+)")
_FORMS = "Write NAME=- for standard input, NAME@FILE or --from-env NAME; what is no secret may be --plain NAME=VALUE."


def read_assignments(
    words: Sequence[str],
    *,
    from_environment: Sequence[str] = (),
    plain: Sequence[str] = (),
    environ: Mapping[str, str],
    ask: Callable[[str], str],
) -> dict[str, str]:
    """The values that `words` such as `NAME=-` and `NAME@FILE` stand for; the line break that ends one is not kept.

    Args:
        from_environment: Names to take from `environ`.
        plain: `NAME=VALUE`, for what is no secret: command lines are seen by every process of a machine.
        ask: Gives the value of a name from standard input, which can be read once.

    Raises:
        ProjectError: With every problem found; no value is quoted.
    """
    problems: list[str] = []
    found = [_assignment(number, word, ask, problems) for number, word in enumerate(words, 1)]
    pairs = [pair for pair in found if pair]
    pairs += [(name, environ.get(name, "")) for name in from_environment]
    pairs += [(name, value) for name, _, value in (pair.partition("=") for pair in plain)]
    values = dict(pairs)
    twice = sorted({name for name in values if sum(name == other for other, _ in pairs) > 1})
    problems += [f"{name} is given twice." for name in twice]
    problems += [f"{name} would be empty, which is not kept." for name, value in sorted(values.items()) if not value]
    reserved = variable_problems(values)
    if problems or reserved:
        raise ProjectError([*problems, *reserved], REMEDY if reserved else _FORMS)
    return values


def only_one_from_stdin(ask: Callable[[str], str]) -> Callable[[str], str]:
    """`ask`, which refuses a second question: the first answer was all there is.

    Raises:
        ProjectError: From the function returned, at the second question.
    """
    asked: list[str] = []

    def once(name: str) -> str:
        if asked:
            raise ProjectError([f"Only one of {asked[0]} and {name} can come from standard input."], _FORMS)
        asked.append(name)
        return ask(name)

    return once


def _assignment(number: int, word: str, ask: Callable[[str], str], problems: list[str]) -> tuple[str, str] | None:
    if match := _FROM_STDIN.fullmatch(word):
        return match["name"], _without_line_break(ask(match["name"]))
    if match := _FROM_FILE.fullmatch(word):
        try:
            return match["name"], _without_line_break(Path(match["file"]).read_text(encoding="utf-8"))
        except (OSError, UnicodeDecodeError) as error:
            problems.append(f"{match['file']} cannot be read ({type(error).__name__}).")
            return None
    name, equals, _ = word.partition("=")  # without an equals sign the word may itself be a secret
    problems.append(f"{name if equals else f'Assignment {number}'} has a value that every process can see.")
    return None


def _without_line_break(text: str) -> str:
    return text.removesuffix("\n").removesuffix("\r")
