"""The inputs of a stack's entries: checked and normalised, also while some of them are not known yet."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from typing import Any

from pulumi.output import Unknown

from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import Problem
from langsmith_firewall.service import Service
from langsmith_firewall.sources import DEFAULT_OWNER, AllowedSources, check_words, normalise
from langsmith_firewall.target import check_target

Props = Mapping[str, Any]


@dataclasses.dataclass(frozen=True)
class EntriesInputs:
    """What a stack wants of one list.

    Attributes:
        service: Whose list.
        target: Which list.
        sources: What shall be on it.
        close_open: Whether an account open to everybody may be closed to all but the list.
    """

    service: Service
    target: Mapping[str, str]
    sources: AllowedSources
    close_open: bool

    @classmethod
    def from_props(cls, props: Props) -> EntriesInputs:
        """From checked properties, all of them known."""
        sources = AllowedSources(
            tuple(props["sources"]), props.get("description") or "", props.get("owner") or DEFAULT_OWNER
        )
        return cls(SERVICES[props["service"]], dict(props["target"]), sources, bool(props.get("close_open")))

    def to_props(self) -> dict[str, Any]:
        """As properties."""
        return {
            "service": self.service.kind,
            "target": dict(self.target),
            "sources": list(self.sources.cidrs),
            "description": self.sources.description,
            "owner": self.sources.owner,
            "close_open": self.close_open,
        }


def has_unknown(value: Any) -> bool:
    """Whether a value, or one inside it, is known only after an apply: the engine's `Unknown`."""
    if isinstance(value, Mapping):
        return any(map(has_unknown, value.values()))
    return isinstance(value, Unknown) or (isinstance(value, (list, tuple)) and any(map(has_unknown, value)))


def check(props: Props) -> tuple[dict[str, Any], list[Problem]]:
    """The inputs in normal form, and what is wrong with them. Asks nobody, so that a preview works offline."""
    service = SERVICES.get(props.get("service", ""))
    if service is None:
        known = ", ".join(SERVICES)
        return dict(props), [Problem("service", f"{props.get('service')!r} is no service. Use one of: {known}.")]
    checked: dict[str, Any] = {
        "service": service.kind,
        "target": props.get("target"),
        "sources": props.get("sources"),
        "description": props.get("description") or "",
        "owner": props.get("owner") or DEFAULT_OWNER,
        "close_open": props.get("close_open") or False,
    }
    problems: list[Problem] = []
    if not has_unknown(checked["target"]):
        checked["target"], found = check_target(service.target, checked["target"] or {})
        problems += found
    if not has_unknown(checked["sources"]):
        cidrs, found = normalise(checked["sources"], service.limits)
        checked["sources"] = checked["sources"] if found else cidrs
        problems += found
    if not has_unknown([checked["description"], checked["owner"]]):
        problems += check_words(checked["description"], checked["owner"])
    if not isinstance(checked["close_open"], (bool, Unknown)):
        problems.append(Problem("close_open", f"{checked['close_open']!r} is neither true nor false. Use one of them."))
    return checked, problems
