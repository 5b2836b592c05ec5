"""``langsmith-sandbox fault``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from langsmith_sandbox.cli.output import emit, json_option

if TYPE_CHECKING:
    from collections.abc import Mapping


@click.group("fault")
def command() -> None:
    """Let the control plane fail: answer with errors, stay silent, drop connections, lose answers."""


@command.command("add")
@click.option("--method", default="*", show_default=True, metavar="METHOD", help="Requests of this method.")
@click.option("--path", default=".*", show_default=True, metavar="REGEX", help="Requests whose whole path matches.")
@click.option("--status", type=click.IntRange(400, 599), help="Answer with this status; else drop the connection.")
@click.option("--retry-after", type=click.IntRange(0), metavar="SECONDS", help="Send this header along.")
@click.option("--after", is_flag=True, help="Do the work first, so that only its answer is lost.")
@click.option("--silence", type=click.FloatRange(0), default=0.0, metavar="SECONDS", help="Say nothing for so long.")
@click.option("--times", type=click.IntRange(1), help="Hit so many requests.  [default: 1, or all with --probability]")
@click.option(
    "--probability", type=click.FloatRange(0, 1, min_open=True), metavar="CHANCE", help="Hit a request by chance."
)
@click.option("--seed", type=int, help="Makes --probability come out the same each time.")
@json_option
def add(as_json: bool, after: bool, times: int | None, probability: float | None, **fields: Any) -> None:
    """Order a fault; earlier ones are served first."""
    order = {
        **{name: value for name, value in fields.items() if value is not None},
        "when": "after" if after else "before",
        "times": times or (None if probability else 1),
        "probability": probability or 1.0,
    }
    placed = _ask("POST", order)
    emit(placed, described(placed), as_json=as_json)


@command.command("list")
@json_option
def list_open(as_json: bool) -> None:
    """Show the faults still to come."""
    found = _ask("GET")
    emit({"faults": found}, "\n".join(map(described, found)) or "There are none.", as_json=as_json)


@command.command("clear")
@json_option
def clear(as_json: bool) -> None:
    """Cancel every fault."""
    _ask("DELETE")
    emit({"faults": []}, "The control plane behaves again.", as_json=as_json)


def described(fault: Mapping[str, Any]) -> str:
    """An order in words."""
    requests = f"{'any' if fault['method'] == '*' else fault['method']} {fault['path']}"
    how_often = "always" if fault["times"] is None else f"{fault['times']} time(s)"
    chance = "" if fault["probability"] == 1 else f", each with a chance of {fault['probability']:g}"
    silence = f"{fault['silence']:g} s of silence, then " if fault["silence"] else ""
    end = "a dropped connection" if fault["status"] is None else str(fault["status"])
    header = "" if fault["retry_after"] is None else f" with Retry-After {fault['retry_after']}"
    work = "after" if fault["when"] == "after" else "before"
    return f"{requests}: {how_often}{chance}: {silence}{end}{header}, {work} the work"


def _ask(method: str, order: Mapping[str, Any] | None = None) -> Any:
    """What the running control plane says about its faults.

    Raises:
        SandboxError: It does not run, or does not take the order.
    """
    import httpx2

    from langsmith_sandbox.errors import SandboxError
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.supervisor import lifecycle

    world = lifecycle.running(WorldPaths.discover())
    try:
        answer = httpx2.request(method, f"{world.url('control-plane')}/_sandbox/faults", json=order, timeout=10)
    except httpx2.TransportError:
        raise SandboxError("The control plane does not answer.", "See `langsmith-sandbox status`.") from None
    if answer.status_code == 422:
        problems = "; ".join(f"{each['loc'][-1]}: {each['msg']}" for each in answer.json()["detail"])
        raise SandboxError(f"That is no fault: {problems}.", "See `langsmith-sandbox fault add --help`.")
    if not answer.is_success:
        raise SandboxError(f"The control plane answered {answer.status_code}.", "See `langsmith-sandbox logs`.")
    return answer.json() if answer.content else None
