"""Rendering the stand-in charts with the real helm."""

from __future__ import annotations

import dataclasses
import json
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml

from langsmith_sandbox.data_plane import chart_repository


@dataclasses.dataclass(frozen=True)
class Rendered:
    """What ``helm template`` made of a chart, or why it refused."""

    objects: list[dict[str, Any]]
    refusal: str

    def one(self, kind: str, name: str, namespace: str | None = None) -> dict[str, Any]:
        """The only object of that kind, name and (when told) namespace."""
        found = [
            item
            for item in self.objects
            if item["kind"] == kind
            and item["metadata"]["name"] == name
            and namespace in (None, item["metadata"].get("namespace"))
        ]
        assert len(found) == 1, f"{kind} {name}: {[(i['kind'], i['metadata']['name']) for i in self.objects]}"
        return found[0]

    def all(self, kind: str) -> list[dict[str, Any]]:
        """Every object of that kind."""
        return [item for item in self.objects if item["kind"] == kind]

    def environment(self, deployment: str) -> dict[str, Any]:
        """The variables of a Deployment's only container: name to value, or to the reference they come from."""
        (container,) = self.one("Deployment", deployment)["spec"]["template"]["spec"]["containers"]
        names = [variable["name"] for variable in container["env"]]
        assert len(names) == len(set(names)), "a container must not set a variable twice"
        return {variable["name"]: variable.get("value", variable.get("valueFrom")) for variable in container["env"]}


Render = Callable[..., Rendered]


@pytest.fixture(scope="session")
def render(helm: Path) -> Render:
    """Render a chart of the sandbox as release ``data-plane`` in namespace ``platform``.

    The same values are rendered once, unless ``again`` asks for another render of them.
    """
    known: dict[str, Rendered] = {}

    def run(chart: str, values: dict[str, Any] | None = None, *, again: bool = False) -> Rendered:
        text = json.dumps(values or {}, sort_keys=True)
        if again or chart + text not in known:
            known[chart + text] = _rendered(helm, chart, text)
        return known[chart + text]

    return run


def _rendered(helm: Path, chart: str, values: str) -> Rendered:
    command = [str(helm), "template", "data-plane", str(chart_repository.SOURCES / chart), "-n", "platform", "-f", "-"]
    answer = subprocess.run(command, input=values, capture_output=True, text=True, timeout=60, check=False)
    if answer.returncode:
        return Rendered([], answer.stderr)
    return Rendered([item for item in yaml.safe_load_all(answer.stdout) if item], "")
