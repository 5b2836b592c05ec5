"""One stack of the hosting program, as pulumi knows it: configuration, outputs, and what it manages."""

from __future__ import annotations

import dataclasses
import functools
import json
import os
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from langsmith_control_plane.secret import Secret
from langsmith_hybrid.operations.errors import StackError
from langsmith_hybrid.operations.pulumi_cli import Pulumi, PulumiOnPath

_PROJECT_FILE = "Pulumi.yaml"
_API_KEY = "langsmithApiKey"
_LONGEST_QUOTE = 300


@dataclasses.dataclass(frozen=True)
class Managed:
    """One custom resource of a stack's state.

    Attributes:
        type: Pulumi's type token, such as ``aws:ec2/vpc:Vpc``.
        name: The resource's name in the program.
        id: The provider's id.
        arn: Its ARN; None where it has none.
        outputs: All the provider said of it; secrets are ciphertext.
    """

    type: str
    name: str
    id: str
    arn: str | None
    outputs: Mapping[str, Any] = dataclasses.field(repr=False)


@dataclasses.dataclass(frozen=True)
class StackState:
    """A stack's state.

    Attributes:
        managed: Everything a provider has made for the stack and not yet deleted.
        pending: Names of the resources an interrupted run was in the midst of changing.
    """

    managed: tuple[Managed, ...]
    pending: tuple[str, ...]


@dataclasses.dataclass(frozen=True)
class StackConfig:
    """A stack's configuration, the project's own keys without its prefix.

    Attributes:
        plain: Key to value, as the engine hands it to the program: a string, JSON for lists and maps.
        secrets: The keys that are encrypted in the stack file.
        region: AWS region the program would take: ``region``, ``aws:region``, ``AWS_REGION``, ``AWS_DEFAULT_REGION``.
    """

    plain: Mapping[str, str]
    secrets: Mapping[str, Secret]
    region: str | None

    @property
    def api_key(self) -> Secret | None:
        """The LangSmith API key; None where there is none."""
        return self.secrets.get(_API_KEY)


@dataclasses.dataclass(frozen=True)
class HostingStack:
    """A stack of the hosting program.

    Attributes:
        folder: Where its ``Pulumi.yaml`` is.
        name: The stack's name; may be ``ORGANISATION/NAME``.
        project: The project's name.
        pulumi: What runs pulumi.
    """

    folder: Path
    name: str
    project: str
    pulumi: Pulumi = dataclasses.field(default_factory=PulumiOnPath, repr=False)

    @classmethod
    def find(cls, folder: Path, name: str | None = None, pulumi: Pulumi | None = None) -> HostingStack:
        """The stack ``name`` of the project in ``folder``, or the one that is selected there.

        Raises:
            StackError: There is no project, no stack is selected, or pulumi cannot tell.
        """
        pulumi = pulumi or PulumiOnPath()
        project = _project_name(folder)
        if name is None:
            done = pulumi.answer(["stack", "--show-name"], folder)
            name = done.stdout.strip()
            if (said := _first_error(done.stderr)) and "no stack selected" not in said:
                raise StackError(f"pulumi cannot tell which stack is selected: {said}.", "Name one with --stack.")
            if done.exit_code != 0 or not name:
                raise StackError(
                    f"No stack is selected in {folder}.", "Name one with --stack, or run `pulumi stack select`."
                )
        return cls(folder, name, project, pulumi)

    @property
    def tag(self) -> str:
        """The value of ``langsmith-hybrid:stack`` on everything the stack makes."""
        return f"{self.project}/{self.name.rpartition('/')[2]}"

    @functools.cached_property
    def config(self) -> StackConfig:
        """The stack's configuration, secrets opened.

        Raises:
            StackError: pulumi cannot give it.
        """
        values: dict[str, dict[str, Any]] = self._json("config", "--json", "--show-secrets")
        prefix = f"{self.project}:"
        own = {key.removeprefix(prefix): value for key, value in values.items() if key.startswith(prefix)}
        plain = {key: str(each.get("value", "")) for key, each in own.items()}
        region = plain.get("region") or str(values.get("aws:region", {}).get("value", ""))
        return StackConfig(
            plain={key: value for key, value in plain.items() if not own[key].get("secret")},
            secrets={key: Secret(value) for key, value in plain.items() if own[key].get("secret")},
            region=region or os.environ.get("AWS_REGION") or os.environ.get("AWS_DEFAULT_REGION"),
        )

    @functools.cached_property
    def outputs(self) -> Mapping[str, Any]:
        """The stack's outputs; empty before its first update.

        Raises:
            StackError: pulumi cannot give them.
        """
        return self._json("stack", "output", "--json")

    def managed(self) -> tuple[Managed, ...]:
        """Everything a provider has made for the stack and not yet deleted.

        Raises:
            StackError: pulumi cannot give the state.
        """
        return self.state().managed

    def state(self) -> StackState:
        """What the stack's state says now.

        Raises:
            StackError: pulumi cannot give it.
        """
        deployment = self._json("stack", "export").get("deployment") or {}
        managed = tuple(
            Managed(
                type=each["type"],
                name=each["urn"].rpartition("::")[2],
                id=each["id"],
                arn=each.get("outputs", {}).get("arn"),
                outputs=each.get("outputs", {}),
            )
            for each in deployment.get("resources") or ()
            if each.get("custom") and each.get("id") and not each["type"].startswith("pulumi:providers:")
        )
        pending = (each["resource"]["urn"].rpartition("::")[2] for each in deployment.get("pending_operations") or ())
        return StackState(managed, tuple(pending))

    def perform(self, command: str, *arguments: str) -> int:
        """Run a command that changes the stack before the eyes of whoever called; returns its exit code."""
        return self.pulumi.perform([command, "--stack", self.name, *arguments], self.folder)

    def _json(self, *arguments: str) -> Any:
        done = self.pulumi.answer([*arguments, "--stack", self.name], self.folder)
        if done.exit_code != 0:
            said = _first_error(done.stderr) or f"it ended with {done.exit_code}"
            raise StackError(
                f"pulumi cannot read the stack {self.name}: {said}.",
                f"Try `pulumi {arguments[0]} --stack {self.name}` in {self.folder}.",
            )
        try:
            return json.loads(done.stdout)
        except ValueError:
            raise StackError("pulumi's answer is not JSON.", "Update the Pulumi CLI.") from None


def resources_of(managed: Sequence[Managed], type_token: str) -> tuple[Managed, ...]:
    """Those of one type."""
    return tuple(each for each in managed if each.type == type_token)


def _project_name(folder: Path) -> str:
    import yaml

    file = folder / _PROJECT_FILE
    try:
        project = yaml.safe_load(file.read_text())
    except OSError:
        what = f"There is no {_PROJECT_FILE} in {folder}."
        raise StackError(what, "Run this in the folder of the hosting stack, or name it with --cwd.") from None
    except yaml.YAMLError:
        project = None
    if not isinstance(project, dict) or not isinstance(project.get("name"), str):
        raise StackError(f"{file} names no project.", "Write its `name`, as every Pulumi project has one.")
    return project["name"]


def _first_error(stderr: str) -> str:
    """The line after ``error:``, or the first of several, without its full stop."""
    match = re.search(r"^error: (?:\d+ errors occurred:\s+1\) )?(.+?)\.?$", stderr, re.MULTILINE)
    return match[1][:_LONGEST_QUOTE] if match else ""
