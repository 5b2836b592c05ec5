"""Whose left-overs are looked for: those of one stack, or of every stack of the project in a region."""

from __future__ import annotations

import dataclasses
import json
import os
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
        held: What the states hold.
        stacks: Those whose workspace is asked as well.
        prefixes: Every ``eksClusterName`` of theirs.
        unseen: Stacks of which the state is known and the configuration cannot be read.
    """

    title: str
    region: str
    tag: str
    held: Held
    stacks: tuple[HostingStack, ...]
    prefixes: tuple[str, ...]
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
        return cls(f"the stack {stack.name}", region, stack.tag, held, (stack,), _prefixes(stack))

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
        return cls(
            title=f"any stack of {anchor.project}",
            region=region,
            tag=f"{anchor.project}/",
            held=Held.by(managed for stack in known for managed in stack.managed()),
            stacks=tuple(readable),
            prefixes=tuple(dict.fromkeys(prefix for stack in readable for prefix in _prefixes(stack))),
            unseen=tuple(unseen),
        )

    def are_of(self, tag: str) -> bool:
        """Whether the value of a stack tag is theirs."""
        return tag.startswith(self.tag) if self.tag.endswith("/") else tag == self.tag


def _known(anchor: HostingStack) -> tuple[list[HostingStack], str]:
    """The stacks the backend knows, and the name of the one that is selected."""
    done = anchor.pulumi.answer(["stack", "ls", "--json"], anchor.folder)
    try:
        listed = json.loads(done.stdout)
        known = [dataclasses.replace(anchor, name=each["name"]) for each in listed]
        return known, next((each["name"] for each in listed if each.get("current")), "")
    except (ValueError, KeyError, TypeError):
        raise StackError("pulumi cannot list the stacks.", "Try `pulumi stack ls`.") from None


def _prefixes(stack: HostingStack) -> tuple[str, ...]:
    prefix = stack.config.plain.get("eksClusterName")
    return (prefix,) if prefix else ()


def _no_region() -> StackError:
    return StackError("No AWS region is known.", "Set aws:region in the stack file, or AWS_REGION.")
