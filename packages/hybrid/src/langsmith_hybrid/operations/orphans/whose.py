"""Whose left-overs are looked for: those of one stack, or of every stack of the project in a region."""

from __future__ import annotations

import dataclasses
import itertools
import json
import os
from collections.abc import Iterable, Mapping
from pathlib import Path

from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.hosting_stack import HostingStack
from langsmith_hybrid.operations.orphans.findings import Unseen
from langsmith_hybrid.operations.orphans.held import Held
from langsmith_hybrid.operations.pulumi_cli import Pulumi


@dataclasses.dataclass(frozen=True)
class Whose:
    """The stacks whose left-overs are looked for.

    Attributes:
        title: What they are called in a sentence.
        region: AWS region.
        tag: The stack tag's value; of every stack of a project, what it begins with.
        held: What the states hold together.
        held_by: What each state holds, by the stack's tag.
        stacks: Those whose workspace is asked as well.
        prefixes: Every ``eksClusterName`` of theirs.
        hostnames: Every zone of Route 53, by its id, with the name of agents that is recorded in it.
        unseen: What cannot be looked for, since a configuration cannot be read, or does not say it.
    """

    title: str
    region: str
    tag: str
    held: Held
    held_by: Mapping[str, Held]
    stacks: tuple[HostingStack, ...]
    prefixes: tuple[str, ...]
    hostnames: tuple[tuple[str, str], ...]
    unseen: tuple[Unseen, ...] = ()

    @classmethod
    def one(cls, stack: HostingStack) -> Whose:
        """A stack, which may have been destroyed, as long as its stack file exists.

        Raises:
            StackError: There is no such stack, or it names no region.
        """
        region = stack.config.region
        if region is None:
            raise _no_region()
        held = Held.by(stack.managed())
        return cls(
            title=f"the stack {stack.name}",
            region=region,
            tag=stack.tag,
            held=held,
            held_by={stack.tag: held},
            stacks=(stack,),
            prefixes=_prefixes([stack]),
            hostnames=_hostnames([stack]),
            unseen=_nameless([stack]),
        )

    @classmethod
    def every(cls, folder: Path, name: str | None = None, pulumi: Pulumi | None = None) -> Whose:
        """Every stack of the project in ``folder``, those that no backend knows any more included.

        The region is that of the stack ``name``, else of the one that is selected, else ``AWS_REGION``.

        Raises:
            StackError: There is no project, pulumi cannot tell its stacks or the state of one, or no region is known.
        """
        anchor = HostingStack.find(folder, name or "", pulumi)
        known, selected = _known(anchor)
        readable: list[HostingStack] = []
        unseen: list[Unseen] = []
        for stack in known:
            try:
                _ = stack.config
            except StackError as error:
                unseen.append(Unseen(f"the configuration of {stack.name}", error))
            else:
                readable.append(stack)
        regions = {stack.name: stack.config.region for stack in readable}
        region = regions.get(name or selected) or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION")
        if region is None:
            raise _no_region()
        states = {stack.tag: stack.managed() for stack in known}
        return cls(
            title=f"any stack of {anchor.project}",
            region=region,
            tag=f"{anchor.project}/",
            held=Held.by(itertools.chain.from_iterable(states.values())),
            held_by={tag: Held.by(managed) for tag, managed in states.items()},
            stacks=tuple(readable),
            prefixes=_prefixes(readable),
            hostnames=_hostnames(readable),
            unseen=(*unseen, *_nameless(readable)),
        )

    @property
    def only_tag(self) -> str:
        """The one value of the stack tag that is theirs; empty where there may be several."""
        return "" if self.tag.endswith("/") else self.tag

    def expected_by(self, tag: str | None) -> Held:
        """What the state of the stack with this tag holds, which is nothing if nobody knows it; any, without a tag."""
        return self.held if tag is None else self.held_by.get(tag, Held.by([]))

    def are_of(self, tag: str) -> bool:
        """Whether the value of a stack tag is theirs."""
        return tag == self.only_tag if self.only_tag else tag.startswith(self.tag)


def _known(anchor: HostingStack) -> tuple[list[HostingStack], str]:
    """The stacks the backend knows, and the name of the one that is selected."""
    done = anchor.pulumi.answer(["stack", "ls", "--json"], anchor.folder)
    try:
        listed = json.loads(done.stdout)
        known = [dataclasses.replace(anchor, name=each["name"]) for each in listed]
        return known, next((each["name"] for each in listed if each.get("current")), "")
    except (ValueError, KeyError, TypeError):
        raise StackError("pulumi cannot list the stacks.", "Try `pulumi stack ls`.") from None


def _prefixes(stacks: Iterable[HostingStack]) -> tuple[str, ...]:
    given = (stack.config.plain.get("eksClusterName") for stack in stacks)
    return tuple(dict.fromkeys(each for each in given if each))


def _nameless(stacks: Iterable[HostingStack]) -> tuple[Unseen, ...]:
    """Stacks of whose clusters nobody can tell the names, nor their listeners."""
    remedy = "Put the stack file back, or set the key."
    return tuple(
        Unseen(f"names after the cluster of {stack.name}", StackError(f"{stack.name} has no eksClusterName.", remedy))
        for stack in stacks
        if "eksClusterName" not in stack.config.plain
    )


def _hostnames(stacks: Iterable[HostingStack]) -> tuple[tuple[str, str], ...]:
    given = ((plain.get("hostedZoneId"), plain.get("agentsHostname")) for plain in (s.config.plain for s in stacks))
    return tuple(dict.fromkeys((zone, name) for zone, name in given if zone and name))


def _no_region() -> StackError:
    return StackError("No AWS region is known.", "Set aws:region in the stack file, or AWS_REGION.")
