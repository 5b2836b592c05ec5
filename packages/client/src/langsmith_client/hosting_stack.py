"""A deploy target from the outputs of a hosting stack, asked of the pulumi CLI, since state may be kept anywhere."""

from __future__ import annotations

import dataclasses
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_client import processes
from langsmith_client.errors import ProjectError, StackError
from langsmith_client.langsmith_toml import TargetEntry
from langsmith_client.target.protocol import SecretReference

if TYPE_CHECKING:
    from collections.abc import Mapping

_TIMEOUT = 120.0  # seconds; a state in a bucket takes a while
_SECRET = "[secret]"  # noqa: S105 - what pulumi prints in place of one


@dataclasses.dataclass(frozen=True)
class HostingStack:
    """A stack of the hosting program: the folder of its Pulumi.yaml, and its name."""

    folder: Path
    stack: str

    @classmethod
    def parse(cls, text: str) -> HostingStack:
        """Read `FOLDER:STACK`, such as `stacks/hosting:dev`.

        Raises:
            ProjectError: It is not of that form.
        """
        folder, _, stack = text.rpartition(":")
        if not folder or not stack or stack.startswith("-"):
            raise ProjectError([f"{text!r} does not name a stack."], "Write FOLDER:STACK, such as stacks/hosting:dev.")
        return cls(Path(folder), stack)

    def target(self, name: str | None = None, *, run: processes.Runner = processes.run) -> TargetEntry:
        """The target that the stack's outputs describe, called `name` or else as the stack.

        Raises:
            StackError: pulumi is missing, fails, or its answer is not that of a hosting stack which is up.
        """
        outputs = self._outputs(run)
        namespaces = outputs.get("namespaces")
        listener = _text(outputs, "listenerId")
        if not listener or not isinstance(namespaces, list) or not namespaces:
            raise StackError(
                f"The stack {self.stack} in {self.folder} has no outputs `listenerId` and `namespaces`.",
                "Name a stack of the hosting program, and bring it up first with `pulumi up`.",
            )
        repositories = outputs.get("repositories")
        return TargetEntry(
            name=name or self.stack.rpartition("/")[2],  # a stack may be ORGANISATION/NAME
            repositories=repositories if isinstance(repositories, dict) else {},
            listener_id=listener,
            namespace=str(namespaces[0]),
            host_url=_text(outputs, "controlPlaneUrl"),
            workspace_id=_text(outputs, "workspaceId"),
            references=_references(outputs.get("agentSecretReferences")),
        )

    def _outputs(self, run: processes.Runner) -> Mapping[str, Any]:
        argv = ["pulumi", "stack", "output", "--json", "--stack", self.stack, "--non-interactive", "--color", "never"]
        if not self.folder.is_dir():
            raise StackError(f"There is no folder {self.folder}.", "Name the folder of the stack's Pulumi.yaml.")
        try:
            done = run(argv, cwd=self.folder, timeout=_TIMEOUT)
        except FileNotFoundError:
            raise StackError(
                "pulumi is not on PATH.", "Install the Pulumi CLI, or write langsmith.toml by hand."
            ) from None
        except TimeoutError:
            raise StackError(
                f"pulumi did not answer within {_TIMEOUT:.0f} s.", "Look whether it can reach the stack's state."
            ) from None
        if done.exit_code != 0:
            said = _first_error(done.stderr) or f"it ended with {done.exit_code}"
            raise StackError(
                f"pulumi cannot give the outputs of {self.stack}: {said}.",
                f"Try `pulumi stack output --stack {self.stack}` in {self.folder}.",
            )
        try:
            outputs = json.loads(done.stdout)
        except ValueError:
            outputs = None
        if not isinstance(outputs, dict):
            raise StackError("pulumi's answer is not a JSON object.", "Update the Pulumi CLI.")
        return outputs


def _references(output: object) -> dict[str, tuple[SecretReference, ...]]:
    """The stores of each agent; none where the stack has none to give, or is older than they are."""
    return {
        agent: tuple(SecretReference(each["name"], each["secretName"], each["secretKey"]) for each in listed)
        for agent, listed in (output.items() if isinstance(output, dict) else ())
    }


def _first_error(stderr: str) -> str:
    """The line after `error:`, without its full stop."""
    match = re.search(r"^error: (.+?)\.?$", stderr, re.MULTILINE)
    return match[1][:200] if match else ""


def _text(outputs: Mapping[str, Any], key: str) -> str | None:
    value = outputs.get(key)
    return value if isinstance(value, str) and value != _SECRET else None
