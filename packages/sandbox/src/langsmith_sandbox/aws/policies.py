"""Identity policies of IAM: whether a role's documents let it do something.

The rules are those of "Policy evaluation logic" in the IAM user guide: an explicit Deny wins, and what nothing allows
is refused. Boundaries, session policies and service control policies are not part of it: no role here has any.
"""

from __future__ import annotations

import dataclasses
import enum
import fnmatch
import re
from collections.abc import Callable, Iterable, Mapping
from typing import Any

Statement = Mapping[str, Any]


class Verdict(enum.Enum):
    """What the documents say of a request."""

    ALLOWED = "allowed"
    NOT_ALLOWED = "not allowed"
    DENIED = "denied"


@dataclasses.dataclass(frozen=True)
class Deed:
    """Something to be judged.

    Attributes:
        action: As policies name it, like ``autoscaling:SetDesiredCapacity``.
        resources: ARNs it is about; None where the sandbox does not know: then the action alone is judged.
        context: Condition keys and their values, like ``aws:ResourceTag/team``; keys compare without case.
    """

    action: str
    resources: tuple[str, ...] | None
    context: Mapping[str, str] = dataclasses.field(default_factory=dict)


def judge(documents: Iterable[Mapping[str, Any]], deed: Deed) -> Verdict:
    """The verdict of policy documents on ``deed``."""
    statements = [each for document in documents for each in _listed(document.get("Statement"))]
    applying = [each for each in statements if _is_about(each, deed)]
    if any(each.get("Effect") == "Deny" for each in applying):
        return Verdict.DENIED
    return Verdict.ALLOWED if any(each.get("Effect") == "Allow" for each in applying) else Verdict.NOT_ALLOWED


def _is_about(statement: Statement, deed: Deed) -> bool:
    if not _names(statement, "Action", deed.action.lower(), str.lower):
        return False
    if deed.resources is None:
        # Without the resource a Deny would hit what it does not mean, so only those of whole actions count.
        return statement.get("Effect") == "Allow" or ("Condition" not in statement and "*" in _resources(statement))
    return all(_names(statement, "Resource", each) for each in deed.resources) and all(
        _holds(operator, keys, deed.context) for operator, keys in (statement.get("Condition") or {}).items()
    )


def _names(statement: Statement, element: str, value: str, spell: Callable[[str], str] = str) -> bool:
    if f"Not{element}" in statement:
        return not any(_like(value, spell(each)) for each in _listed(statement[f"Not{element}"]))
    return any(_like(value, spell(each)) for each in _listed(statement.get(element)))


def _resources(statement: Statement) -> list[Any]:
    return _listed(statement.get("Resource"))


def _holds(operator: str, keys: Mapping[str, Any], context: Mapping[str, str]) -> bool:
    """Whether every key of one condition operator holds."""
    name = operator.removesuffix("IfExists")
    known = {key.lower(): value for key, value in context.items()}
    return all(
        _compares(name, known.get(key.lower()), _listed(wanted), lenient=operator.endswith("IfExists"))
        for key, wanted in keys.items()
    )


def _compares(operator: str, value: str | None, wanted: list[Any], *, lenient: bool) -> bool:
    if operator == "Null":
        return (value is None) == (str(wanted[0]).lower() == "true")
    if value is None:
        # A key the request lacks fails every operator but the negated ones.
        return lenient or operator in {"StringNotEquals", "StringNotLike", "ArnNotLike", "ArnNotEquals"}
    texts = [str(each).lower() if isinstance(each, bool) else str(each) for each in wanted]
    if operator not in _OPERATORS:
        raise NotImplementedError(f"the condition operator {operator}")
    return _OPERATORS[operator](value, texts)


def _like(value: str, pattern: str) -> bool:
    # IAM knows * and ? only; brackets, which fnmatch gives a meaning, stand for themselves.
    return fnmatch.fnmatchcase(value, re.sub(r"\[", "[[]", pattern))


def _any_like(value: str, patterns: list[str]) -> bool:
    return any(_like(value, each) for each in patterns)


_OPERATORS: Mapping[str, Callable[[str, list[str]], bool]] = {
    "StringEquals": lambda value, texts: value in texts,
    "StringNotEquals": lambda value, texts: value not in texts,
    "StringLike": _any_like,
    "StringNotLike": lambda value, texts: not _any_like(value, texts),
    "ArnLike": _any_like,
    "ArnEquals": _any_like,
    "ArnNotLike": lambda value, texts: not _any_like(value, texts),
    "Bool": lambda value, texts: value.lower() in [each.lower() for each in texts],
}


def _listed(value: Any) -> list[Any]:
    if value is None:
        return []
    return list(value) if isinstance(value, list | tuple) else [value]
