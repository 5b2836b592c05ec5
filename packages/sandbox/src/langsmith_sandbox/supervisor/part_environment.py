"""The environment the world's parts start from: this machine's, without what belongs to its user's own accounts."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

WORLD_VARIABLE = "LANGSMITH_SANDBOX_WORLD"
"""Carries the world's identity in every process of it, so that left-overs can be recognised."""

_FOREIGN = ("AWS_", "PULUMI_", "LANGSMITH_", "LANGCHAIN_", "LANGGRAPH_", "KUBE", "HELM_")
_OURS = "LANGSMITH_SANDBOX_"
_LOOPBACK = "127.0.0.0/8,127.0.0.1,localhost"


def part_environment(environ: Mapping[str, str], added: Mapping[str, str]) -> dict[str, str]:
    """``environ`` without accounts, profiles and traced keys of other clouds, plus ``added``.

    A proxy of the machine is kept out of loopback traffic. Bytecode is written even where the caller's shell forbids
    it: a hundred short-lived processes would otherwise compile the same modules again and again.
    """
    kept = {
        name: value
        for name, value in environ.items()
        if not (name.startswith(_FOREIGN) and not name.startswith(_OURS)) and name != "PYTHONDONTWRITEBYTECODE"
    }
    for name in ("no_proxy", "NO_PROXY"):
        kept[name] = f"{kept[name]},{_LOOPBACK}" if kept.get(name) else _LOOPBACK
    return {**kept, "PYTHONUNBUFFERED": "1", **added}
