"""The agent: deployed and deleted by ``langsmith-client``, asked over HTTP like by anyone else."""

from __future__ import annotations

import dataclasses
import json
import sys
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.walkthrough.errors import NoAnswerError, ToolFailedError

if TYPE_CHECKING:
    from langsmith_sandbox.progress import Step
    from langsmith_sandbox.walkthrough.tools import Outcome, Tools

QUESTION = {"question": "How do you do?", "name": "sandbox"}
_ANSWER_TIMEOUT = 120.0  # seconds
_LONGEST_ANSWER = 1 << 20  # bytes


@dataclasses.dataclass(frozen=True)
class Deployed:
    """What the client proved.

    Attributes:
        name: Of the deployment.
        image: ``<name>:<tag>``.
        digest: Of the image that runs.
        revision: The revision its Pods serve.
        changed: False when nothing had to be done.
        built: False when the image was in the registry already.
        url: Where the agent answers.
    """

    name: str
    image: str
    digest: str
    revision: str
    changed: bool
    built: bool
    url: str


def deploy(tools: Tools, agent: Path, outputs: dict[str, Any], step: Step) -> Deployed:
    """Deploy the agent in the folder ``agent`` where the stack's ``outputs`` say.

    Raises:
        ToolFailedError: The client failed; with its exit code.
    """
    argv = (
        *_client("deploy", str(agent)),
        f"--push-to={outputs['repositories'][agent.name]}",
        f"--listener-id={outputs['listenerId']}",
        f"--k8s-namespace={outputs['namespaces'][0]}",
        *_stores(outputs["agentSecretReferences"].get(agent.name, [])),
        "--allow-dirty",  # nobody will look for these files again, also where CI runs this
        "--no-input",
        "--json",
    )
    outcome = tools.run("deploy", argv, agent, heard=lambda line: _tell(line, step))
    result = _event(outcome, "result")
    if outcome.code != 0 or result is None:
        raise ToolFailedError("langsmith-client deploy", _why(outcome), outcome.log, outcome.code or 1)
    return Deployed(
        name=result["name"],
        image=result["image"],
        digest=result["digest"],
        revision=result["revision_id"],
        changed=result["changed"],
        built=result["built"],
        url=result["url"],
    )


def delete(tools: Tools, name: str, folder: Path, step: Step) -> None:
    """Delete a deployment and its tracing project, which would keep the name taken.

    Raises:
        ToolFailedError: The client failed; with its exit code.
    """
    argv = (*_client("delete", name), "--yes", "--delete-tracing-project", "--json")
    outcome = tools.run(f"delete-{name}", argv, folder, heard=lambda line: _tell(line, step))
    if outcome.code != 0:
        raise ToolFailedError("langsmith-client delete", _why(outcome), outcome.log, outcome.code)


def ask(agent: Path, url: str, question: dict[str, str]) -> str:
    """Run the agent's first graph on ``question``, without a thread; its field ``answer``, else all it returned.

    Raises:
        NoAnswerError: There was none.
    """
    graph = next(iter(json.loads((agent / "langgraph.json").read_text())["graphs"]))
    body = json.dumps({"assistant_id": graph, "input": question}).encode()
    # The URL is that of this sandbox's ingress.
    request = urllib.request.Request(  # noqa: S310
        f"{url}/runs/wait", data=body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=_ANSWER_TIMEOUT) as answer:  # noqa: S310
            content = json.loads(answer.read(_LONGEST_ANSWER))
    except urllib.error.HTTPError as refusal:
        with refusal:
            raise NoAnswerError(url, f"status {refusal.code}.") from refusal
    except (OSError, ValueError) as problem:
        raise NoAnswerError(url, f"{type(problem).__name__}.") from problem
    if isinstance(content, dict) and "__error__" in content:
        raise NoAnswerError(url, f"the graph failed with {content['__error__']}.")
    return str(content["answer"]) if isinstance(content, dict) and "answer" in content else json.dumps(content)


def _stores(references: list[dict[str, str]]) -> list[str]:
    """The agent's stores, by the Secrets that hold their URIs: nobody here sees one."""
    return [f"--secret-ref={each['name']}={each['secretName']}:{each['secretKey']}" for each in references]


def _client(*arguments: str) -> tuple[str, ...]:
    return (str(Path(sys.executable).with_name("langsmith-client")), *arguments)


def _parsed(line: str) -> dict[str, Any]:
    try:
        event = json.loads(line)
    except ValueError:
        return {}
    return event if isinstance(event, dict) else {}


def _event(outcome: Outcome, kind: str) -> dict[str, Any] | None:
    return next((event for event in map(_parsed, reversed(outcome.lines)) if event.get("event") == kind), None)


def _tell(line: str, step: Step) -> None:
    if message := _parsed(line).get("message"):
        step.note(str(message))


def _why(outcome: Outcome) -> str:
    """The client's own words on what ended it."""
    if (error := _event(outcome, "error")) is not None:
        return f"{error['what']} {error.get('remedy') or ''}".strip()
    errors = outcome.log.with_suffix(".stderr.log")
    said = errors.read_text(errors="replace").strip().splitlines() if errors.exists() else []
    return "\n".join(said[-5:] or outcome.lines[-5:]) or "it said nothing."
