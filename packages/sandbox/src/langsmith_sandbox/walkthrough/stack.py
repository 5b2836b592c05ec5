"""A stack of this repository, driven by the real Pulumi CLI."""

from __future__ import annotations

import dataclasses
import json
import re
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.files import write_whole
from langsmith_sandbox.walkthrough import stack_config
from langsmith_sandbox.walkthrough.errors import ToolFailedError
from langsmith_sandbox.walkthrough.state_key import StateKey

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from langsmith_sandbox.credentials import Credentials
    from langsmith_sandbox.paths import WorldPaths
    from langsmith_sandbox.progress import Step
    from langsmith_sandbox.walkthrough.tools import Outcome, Tools
    from langsmith_sandbox.world import World

NAME = "sandbox"
# The engine's default is four steps a core, too few for a graph that mostly waits.
_PARALLEL = ("--parallel", "64")
_QUIET = ("--non-interactive", "--color", "never")
_AMBIENT = "from $PATH at"  # the engine's warning about stand-in plugins, which are there on purpose
# Heads those warnings; the errors of a program speak for themselves.
_STACK_HEADING = re.compile(r"^\s+pulumi:pulumi:Stack \(.*\):$")
_SHOWN = 20  # lines of a failed run
_SEAL = ("secretsprovider", "encryptedkey", "encryptionsalt")  # of a stack file: what its secrets are opened with
_STEP = re.compile(r"^[\s+~@-]*(?P<type>[\w-]+:\S+)\s+(?P<name>\S+)\s+(?P<what>.+)$")
_TOTALS = re.compile(r"^[\s+~-]+(\d+ (?:to )?[a-z]+.*)$")


@dataclasses.dataclass(frozen=True)
class Stack:
    """One stack of one project folder.

    Attributes:
        folder: The project's folder, such as ``stacks/hosting``.
        paths: The sandbox's folder.
        tools: Runs the CLI.
        project: The project's name.
    """

    folder: Path
    paths: WorldPaths
    tools: Tools
    project: str = stack_config.PROJECT

    @property
    def file(self) -> Path:
        """The stack's configuration."""
        return self.folder / f"Pulumi.{NAME}.yaml"

    @property
    def exists(self) -> bool:
        """True when the sandbox's state has this stack."""
        stored = self.paths.pulumi / "state" / ".pulumi" / "stacks" / self.project
        return (stored / f"{NAME}.json").exists()  # a removed one leaves a copy beside it

    def ensure(self) -> None:
        """Have the stack, made if there is none, and nobody in its way.

        Raises:
            ToolFailedError: The engine refused.
        """
        known = self._known().get("seal")
        if self._seal() and self._seal() != known:
            # Sealed for another sandbox, or one that is no more: nothing here opens its secrets.
            self.file.unlink(missing_ok=True)
        if not self.exists:
            self._state_key.ensure()
            provider = ("--secrets-provider", self._state_key.secrets_provider)
            self._pulumi("stack-init", "stack", "init", NAME, *provider)
            self._remember()
        elif known and not self._seal():
            # Somebody wrote it anew. The engine would seal it with a passphrase, and the state with it.
            written = self.file.read_text() if self.file.exists() else ""
            write_whole(self.file, "".join(f"{name}: {value}\n" for name, value in known.items()) + written)
        self._break_dead_locks()

    def configure(self, world: World, credentials: Credentials) -> tuple[str, ...]:
        """Write what the hosting stack's file lacks or has otherwise; returns the keys that were written.

        Raises:
            ToolFailedError: The engine refused.
        """
        written = self.write(stack_config.plain_values(world, credentials))
        fingerprint = stack_config.key_fingerprint(self._configuration(), credentials)
        if fingerprint is None or fingerprint != self._known().get("key"):
            key = f"{stack_config.PROJECT}:{stack_config.API_KEY}"
            self._pulumi("config-key", "config", "set", "--secret", "--stack", NAME, key, given=credentials.api_key)
            self._remember(key=stack_config.key_fingerprint(self._configuration(), credentials))
            written = (*written, stack_config.API_KEY)
        return written

    def write(self, values: Mapping[str, str]) -> tuple[str, ...]:
        """Write those of the plain values that the stack file lacks or has otherwise; returns their keys.

        Raises:
            ToolFailedError: The engine refused.
        """
        changed = stack_config.out_of_date(self._configuration(), values, self.project)
        if changed:
            pairs = (f"--plaintext={self.project}:{key}={value}" for key, value in changed.items())
            self._pulumi("config", "config", "set-all", "--stack", NAME, *pairs)
            self._remember()
        return tuple(changed)

    def up(self, step: Step) -> str:
        """``pulumi up``; returns what it changed, such as ``85 created``.

        Raises:
            ToolFailedError: A resource failed; what was done is kept, and the next run goes on from there.
        """
        arguments = ("up", "--yes", "--skip-preview", *_PARALLEL, "--stack", NAME)
        return totals(self._pulumi("pulumi-up", *arguments, step=step))

    def destroy(self, step: Step) -> str:
        """``pulumi destroy``; returns what it deleted.

        Raises:
            ToolFailedError: A resource could not be deleted.
        """
        arguments = ("destroy", "--yes", "--skip-preview", *_PARALLEL, "--stack", NAME)
        return totals(self._pulumi("pulumi-destroy", *arguments, step=step))

    def outputs(self) -> dict[str, Any]:
        """The stack's outputs, secrets left masked.

        Raises:
            ToolFailedError: The engine refused.
        """
        answer = self._pulumi("stack-output", "stack", "output", "--json", "--stack", NAME)
        return json.loads("\n".join(answer.lines))

    def remove(self) -> None:
        """Forget the empty stack: its state, its stack file and the key of both. What is gone already may be.

        Raises:
            ToolFailedError: It still has resources.
        """
        if self.exists:
            self._pulumi("stack-rm", "stack", "rm", "--yes", "--stack", NAME)
        self._state_key.retire()
        if self._known_file.exists():  # else the file is somebody's, for a stack that is still to be made
            self.file.unlink(missing_ok=True)
            self._known_file.unlink()

    @property
    def _state_key(self) -> StateKey:
        return StateKey(self.project, self.tools.environ)

    @property
    def _known_file(self) -> Path:
        """What this sandbox wrote into the stack file, as fingerprints."""
        return self.paths.pulumi / f"stack-file-{self.project}.json"

    def _remember(self, **facts: str | None) -> None:
        write_whole(self._known_file, json.dumps({**self._known(), "seal": self._seal(), **facts}))

    def _known(self) -> dict[str, Any]:
        return json.loads(self._known_file.read_text()) if self._known_file.exists() else {}

    def _seal(self) -> dict[str, str]:
        present = self._configuration()
        return {name: present[name] for name in _SEAL if name in present}

    def _configuration(self) -> dict[str, Any]:
        import yaml

        return (yaml.safe_load(self.file.read_text()) if self.file.exists() else None) or {}

    def _break_dead_locks(self) -> None:
        """An engine that was killed leaves its lock, for people to break; here its process id says that it is dead."""
        import psutil

        locks = self.paths.pulumi / "state" / ".pulumi" / "locks" / "organization" / self.project
        for lock in locks.rglob("*.json"):
            if not psutil.pid_exists(json.loads(lock.read_text()).get("pid", 0)):
                self._pulumi("cancel", "cancel", "--yes", "--stack", NAME)
                return

    def _pulumi(self, step_name: str, *arguments: str, given: str = "", step: Step | None = None) -> Outcome:
        def heard(line: str) -> None:
            if step is not None and _AMBIENT not in line and (found := _STEP.match(line)):
                step.note(f"{found['type'].rpartition(':')[2]} {found['name']} {found['what'].strip()}")

        argv = (str(self.paths.bin / "pulumi"), *arguments, *_QUIET)
        outcome = self.tools.run(step_name, argv, self.folder, given=given, heard=heard)
        if outcome.code != 0:
            raise ToolFailedError(f"pulumi {arguments[0]}", relevant(outcome), outcome.log)
        return outcome


def totals(outcome: Outcome) -> str:
    """The engine's own count of what it did, on one line."""
    lines = outcome.lines
    start = next((place for place, line in enumerate(lines) if line.startswith("Resources:")), None)
    counts = () if start is None else lines[start + 1 :]
    found = [match[1].strip() for line in counts if (match := _TOTALS.match(line))]
    return ", ".join(found) or "nothing"


def relevant(outcome: Outcome) -> str:
    """The engine's diagnostics, or the end of what it said."""
    errors = outcome.log.with_suffix(".stderr.log")
    lines = [*outcome.lines, *(errors.read_text(errors="replace").splitlines() if errors.exists() else ())]
    lines = [line for line in lines if line.strip() and _AMBIENT not in line and not _STACK_HEADING.match(line)]
    start = next((place for place, line in enumerate(lines) if line.startswith("Diagnostics:")), None)
    if start is None:
        return "\n".join(lines[-_SHOWN:])
    after = range(start + 1, len(lines))
    end = next((place for place in after if lines[place].startswith(("Outputs:", "Resources:"))), len(lines))
    return "\n".join(lines[start + 1 : end][:_SHOWN])
