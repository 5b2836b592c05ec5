"""The real helm as a process: values on its standard input, credentials in a file only its owner can read."""

from __future__ import annotations

import dataclasses
import json
import os
import shutil
import signal
import subprocess
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from langsmith_sandbox.providers.kubernetes.errors import ClusterUnreachableError, HelmError
from langsmith_sandbox.providers.kubernetes.redaction import redact
from langsmith_sandbox.providers.kubernetes.waiting import Patience

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from langsmith_sandbox.providers.kubernetes.cluster import Cluster

_GRACE = 20.0
"""Seconds helm gets to put its release in order after an interrupt."""

_MARGIN = 60.0
"""Seconds on top of helm's own timeout before it counts as hung."""


@dataclasses.dataclass(frozen=True)
class Helm:
    """Runs helm against one cluster, or against none (``cluster`` None: only what needs no cluster).

    Every call uses folders of its own for helm's settings and caches: the user's stay untouched, and an index that
    was fetched yesterday is never used today.
    """

    cluster: Cluster | None
    patience: Patience = dataclasses.field(default_factory=Patience)
    program: str = "helm"

    def run(self, *arguments: str, values: Mapping[str, Any] | None = None, timeout: float = 120) -> str:
        """Standard output of ``helm ARGUMENTS``; ``values`` reach it through standard input.

        Raises:
            HelmError: It failed, hung, or is not installed; carries what it said, without anything like a token.
            ClusterUnreachableError: It could not reach the cluster.
        """
        program = shutil.which(self.program)
        if program is None:
            raise HelmError("helm is not on PATH.", 'Install Helm 3, or run under `eval "$(langsmith-sandbox env)"`.')
        command = [program, *arguments, *(["-f", "-"] if values is not None else [])]
        timeout += _MARGIN
        with self._environment(timeout) as environment:
            status, out, err = self._run(command, environment, json.dumps(values or {}), timeout)
        if status == 0:
            return out
        said = _said(err)
        if "cluster unreachable" in said.lower():
            server = self.cluster.server if self.cluster else "no cluster"
            raise ClusterUnreachableError(server, said.rsplit(": ", 1)[-1].rstrip("."))
        raise HelmError(f"helm {arguments[0]} failed: {said.rstrip('.')}.", "Correct the release as it says.")

    def _run(
        self, command: Sequence[str], environment: Mapping[str, str], stdin: str, timeout: float
    ) -> tuple[int, str, str]:
        end = self.patience.clock() + timeout
        interrupted = False
        with subprocess.Popen(
            command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        ) as process:
            sent: str | None = stdin
            while True:
                try:
                    out, err = process.communicate(sent, timeout=self.patience.interval)
                    return process.returncode, out, err
                except subprocess.TimeoutExpired:
                    sent = None  # communicate() keeps what it has not sent yet
                now = self.patience.clock()
                if not interrupted and (now >= end or self.patience.cancelled.is_set()):
                    process.send_signal(signal.SIGINT)
                    interrupted, end = True, now + _GRACE
                elif interrupted and now >= end:
                    process.kill()

    @contextmanager
    def _environment(self, lasting: float) -> Iterator[dict[str, str]]:
        with tempfile.TemporaryDirectory(prefix="langsmith-sandbox-helm-") as folder:
            home = Path(folder)
            environment = {key: value for key, value in os.environ.items() if not key.startswith(("HELM_", "KUBE"))}
            environment |= {f"HELM_{kind}_HOME": str(home / kind.lower()) for kind in ("CACHE", "CONFIG", "DATA")}
            # Never the user's own cluster by accident.
            environment["KUBECONFIG"] = str(home / "kubeconfig")
            if self.cluster is not None:
                descriptor = os.open(home / "kubeconfig", os.O_CREAT | os.O_WRONLY, 0o600)
                with os.fdopen(descriptor, "w") as file:
                    json.dump(self.cluster.credentials(lasting), file)
            yield environment


def _said(err: str) -> str:
    """helm's error without its prefix, warnings and usage."""
    lines = [line.strip() for line in err.splitlines() if line.strip()]
    lines = [line for line in lines if not line.startswith(("WARNING:", "level=", "walk.go", "Use --debug"))]
    text = " ".join(lines).removeprefix("Error: ") or "it gave no reason"
    return redact(text)  # helm quotes values when it complains about them
