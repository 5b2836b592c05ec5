"""``langsmith-sandbox status``."""

from __future__ import annotations

import dataclasses
import sys
from typing import TYPE_CHECKING, Any

import click

from langsmith_sandbox.cli.output import emit, json_option

if TYPE_CHECKING:
    from langsmith_sandbox.world import World


@click.command("status")
@json_option
def command(as_json: bool) -> None:
    """Say which parts run, and where they answer; exits 1 unless all of them do."""
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.world import World, supervised

    paths = WorldPaths.discover()
    world = World.load(paths)
    if world is None:
        emit({"phase": "absent", "parts": []}, f"There is no sandbox in {paths.home}.", as_json=as_json)
        sys.exit(1)
    alive = supervised(paths)
    found = describe(world, alive=alive)
    emit(found, _table(found), as_json=as_json)
    sys.exit(0 if alive and found["phase"] == "running" and not world.sick else 1)


def describe(world: World, *, alive: bool) -> dict[str, Any]:
    """What is known of a world; without a living supervisor no part of it runs, whatever was written down."""
    phase = world.phase
    parts = [dataclasses.asdict(part) for part in world.parts]
    if not alive and phase not in ("stopped", "failed"):
        phase = "dead"
        parts = [{**part, "status": "exited", "detail": "its supervisor was killed"} for part in parts]
    for part in parts:
        if part["name"] in world.ports:
            part["url"] = world.url(part["name"])
    return {"phase": phase, "message": world.message, "pid": world.pid if alive else None, "parts": parts}


def _table(found: dict[str, Any]) -> str:
    lines = [f"The sandbox is {found['phase']}." + (f" {found['message']}" if found["message"] else "")]
    width = max((len(part["name"]) for part in found["parts"]), default=0)
    for part in found["parts"]:
        said = part.get("url", "") if part["status"] == "ready" else part["detail"]
        lines.append(f"  {part['name']:<{width}}  {part['status']:<8}  pid {part['pid']:<8}  {said}".rstrip())
    if found["phase"] == "dead":
        lines.append("Start it again with `langsmith-sandbox start`.")
    return "\n".join(lines)
