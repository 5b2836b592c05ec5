"""The firewall stack's configuration: whose addresses, and which services shall accept them."""

from __future__ import annotations

import dataclasses
import difflib
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import pulumi
from pulumi.runtime.config import CONFIG

from langsmith_firewall.catalogue import SERVICES
from langsmith_firewall.errors import ConfigError, Problem
from langsmith_firewall.sources import check_words, normalise
from langsmith_firewall.target import check_target

_KEYS = ("description", "hostingStack", "owner", "services", "sources")
_OWN_FIELDS = ("closeOpen", "kind", "name")


@dataclasses.dataclass(frozen=True)
class ServiceConfig:
    """One list that shall accept the addresses.

    Attributes:
        name: Name of the component in the stack.
        kind: Whose list, a key of the catalogue.
        target: Which list, by the service's own names.
        close_open: See `Terms`.
        options: What else the component takes, by the stack file's names.
    """

    name: str
    kind: str
    target: Mapping[str, str]
    close_open: bool = False
    options: Mapping[str, str] = dataclasses.field(default_factory=dict)


@dataclasses.dataclass(frozen=True)
class FirewallConfig:
    """What the stack declares.

    Attributes:
        services: The lists.
        owner: Whose entries these are; by default the stack's name.
        description: Why, for the people who find an entry.
        sources: The addresses; None takes those of the hosting stack.
        hosting_stack: Full name of the stack whose ``natGatewayIps`` they are, ``organization/project/stack``.
    """

    services: tuple[ServiceConfig, ...]
    owner: str
    description: str = ""
    sources: tuple[str, ...] | None = None
    hosting_stack: str | None = None

    @classmethod
    def load(cls) -> FirewallConfig:
        """Read the stack's configuration: all of it is checked before any service is asked for anything.

        Raises:
            ConfigError: With every problem found.
        """
        config = pulumi.Config()
        problems = _unknown_keys(config.name)
        try:
            sources, services = config.get_object("sources"), config.get_object("services")
        except pulumi.ConfigTypeError as error:
            problems.append(Problem(error.key.rpartition(":")[2], "It is no list. Write a YAML list."))
            raise ConfigError(problems) from None
        hosting, owner = config.get("hostingStack"), config.get("owner") or pulumi.get_stack().lower()
        description = config.get("description") or ""
        problems += check_words(description, owner)
        problems += _check_origin(sources, hosting)
        parsed, found_problems = _services(services)
        problems += found_problems
        if sources is not None:
            problems += _check_sources(sources, parsed)
        if problems:
            raise ConfigError(problems)
        return cls(tuple(parsed), owner, description, None if sources is None else tuple(sources), hosting)


def _unknown_keys(project: str) -> list[Problem]:
    keys = [key.removeprefix(f"{project}:") for key in CONFIG.get() if key.startswith(f"{project}:")]
    return [_unknown("stack file", key, _KEYS) for key in keys if key not in _KEYS]


def _check_origin(sources: Any, hosting: str | None) -> Iterable[Problem]:
    if sources is None and not hosting:
        yield Problem("sources", "Neither sources nor hostingStack is set. Set the one the addresses come from.")
    if sources is not None and hosting:
        yield Problem("sources", "sources and hostingStack are both set. Set the one the addresses come from.")


def _check_sources(sources: Any, services: Sequence[ServiceConfig]) -> list[Problem]:
    """What any of the services would refuse, each sentence once."""
    found = [problem for each in services for problem in normalise(sources, SERVICES[each.kind].limits)[1]]
    return list(dict.fromkeys(found))


def _services(given: Any) -> tuple[list[ServiceConfig], list[Problem]]:
    if not isinstance(given, list) or not given:
        return [], [Problem("services", "There is none. List at least one, with kind and name.")]
    parsed: list[ServiceConfig] = []
    problems: list[Problem] = []
    for number, each in enumerate(given):
        service, found = _service(each)
        problems += [
            dataclasses.replace(problem, property=f"services[{number}].{problem.property}") for problem in found
        ]
        if service is not None:
            parsed.append(service)
    names = [each.name for each in parsed]
    for name in sorted({name for name in names if names.count(name) > 1}):
        problems.append(Problem("services", f"{name!r} is the name of several. Give each its own."))
    return parsed, problems


def _service(given: Any) -> tuple[ServiceConfig | None, list[Problem]]:
    if not isinstance(given, dict):
        return None, [Problem("kind", f"{given!r} is no map. Write kind, name and the service's own fields.")]
    kind, name, close_open = str(given.get("kind")), given.get("name"), given.get("closeOpen", False)
    if kind not in SERVICES:
        return None, [_unknown("kind", kind, tuple(SERVICES))]
    problems: list[Problem] = []
    if not isinstance(name, str) or not name.strip():
        problems.append(Problem("name", "It is required and not given. Name the list as you call it."))
    if not isinstance(close_open, bool):
        problems.append(Problem("closeOpen", f"{close_open!r} is neither true nor false. Use one of them."))
    named = {field: value for field, value in given.items() if field not in _OWN_FIELDS}
    service = SERVICES[kind]
    fields, found = check_target({**service.target, **service.options}, named)
    problems += found
    if problems:
        return None, problems
    options = {field: fields.pop(field) for field in service.options if field in fields}
    return ServiceConfig(str(name), kind, fields, close_open, options), []


def _unknown(where: str, name: str, known: Sequence[str]) -> Problem:
    near = difflib.get_close_matches(name, known, n=1)
    remedy = f"Did you mean {near[0]}?" if near else f"Use one of: {', '.join(known)}."
    return Problem(where, f"{name!r} is not known. {remedy}")
