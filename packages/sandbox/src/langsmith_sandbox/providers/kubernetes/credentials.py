"""Tokens from a kubeconfig's credential plugin, as ``aws eks get-token`` is one.

The official client goes on without any credentials when a plugin fails, and logs what it printed; here that is an
error of its own. Contract: https://kubernetes.io/docs/reference/access-authn-authz/authentication/#client-go-credential-plugins.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import subprocess
import threading
from collections.abc import Callable, Mapping
from typing import Any

from langsmith_sandbox.providers.kubernetes.errors import CredentialError
from langsmith_sandbox.providers.kubernetes.redaction import redact

_TIMEOUT = 60.0
"""Seconds a plugin may take."""

EARLY = 60.0
"""A token is renewed this many seconds before it expires."""


def _now() -> dt.datetime:
    return dt.datetime.now(dt.UTC)


class PluginToken:
    """The token of one credential plugin, kept until shortly before it expires; usable from many threads."""

    def __init__(self, spec: Mapping[str, Any], *, now: Callable[[], dt.datetime] = _now) -> None:
        """``spec`` is the ``exec`` section of a kubeconfig's user."""
        self._spec = spec
        self._now = now
        self._lock = threading.Lock()
        self._token = ""
        self._expiry: dt.datetime | None = None

    def get(self, lasting: float = EARLY) -> str:
        """The token, from the plugin if the last one expires within ``lasting`` seconds.

        Raises:
            CredentialError: The plugin is not installed, failed, hung, or printed no token.
        """
        with self._lock:
            if not self._token or not self._lasts(lasting):
                status = self._run()
                self._token = status["token"]
                expiry = status.get("expirationTimestamp")
                self._expiry = dt.datetime.fromisoformat(expiry) if expiry else None
            return self._token

    def lasts(self, seconds: float) -> bool:
        """Whether the last token is good for so long."""
        with self._lock:
            return self._lasts(seconds)

    def _lasts(self, seconds: float) -> bool:
        return self._expiry is None or self._now() + dt.timedelta(seconds=seconds) < self._expiry

    def _run(self) -> dict[str, Any]:
        command = [self._spec["command"], *(self._spec.get("args") or ())]
        try:
            answer = subprocess.run(
                command,
                env=self._environment(),
                stdin=subprocess.DEVNULL,
                capture_output=True,
                text=True,
                timeout=_TIMEOUT,
                check=False,
            )
        except subprocess.TimeoutExpired:
            raise CredentialError(f"{command[0]} gave no answer in {_TIMEOUT:.0f} s") from None
        except OSError as problem:
            raise CredentialError(f"{command[0]} cannot be run ({problem.strerror})") from None
        if answer.returncode:
            said = redact((answer.stderr.strip().splitlines() or ["it gave no reason"])[-1].rstrip("."))
            raise CredentialError(f"{command[0]} ended with status {answer.returncode}: {said}")
        try:
            status = json.loads(answer.stdout)["status"]
            status["token"]
        except (ValueError, KeyError, TypeError):
            raise CredentialError(f"{command[0]} printed no token") from None
        return status

    def _environment(self) -> dict[str, str]:
        info = {"apiVersion": self._spec["apiVersion"], "kind": "ExecCredential", "spec": {"interactive": False}}
        given = {item["name"]: item["value"] for item in self._spec.get("env") or ()}
        return {**os.environ, **given, "KUBERNETES_EXEC_INFO": json.dumps(info)}
