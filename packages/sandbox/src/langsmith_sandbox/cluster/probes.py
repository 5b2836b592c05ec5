"""Startup, readiness and liveness probes."""

from __future__ import annotations

import dataclasses
import http.client
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.cluster.api import Json
from langsmith_sandbox.cluster.errors import ContainerStartError

Check = Callable[[], str]
"""Probes once: the empty string for success, else the kubelet's words for the failure."""


@dataclasses.dataclass(frozen=True)
class ProbeTarget:
    """What a probe needs to know of its container.

    Attributes:
        pod_ip: Where it listens.
        ports: Its named ports.
        env: Its environment, for commands.
        cwd: Its working directory.
        program: Turns a probe's command into an argument list of this machine.
    """

    pod_ip: str
    ports: Mapping[str, int]
    env: Mapping[str, str]
    cwd: Path
    program: Callable[[list[str]], tuple[str, ...]]


@dataclasses.dataclass(frozen=True)
class Schedule:
    """When to probe and how many results count; seconds and counts, Kubernetes' defaults."""

    initial_delay: float
    period: float
    timeout: float
    successes: int
    failures: int

    @classmethod
    def of(cls, probe: Json) -> Schedule:
        """Read a probe's specification."""
        return cls(
            initial_delay=probe.get("initialDelaySeconds") or 0,
            period=probe.get("periodSeconds") or 10,
            timeout=probe.get("timeoutSeconds") or 1,
            successes=probe.get("successThreshold") or 1,
            failures=probe.get("failureThreshold") or 3,
        )


def check_for(probe: Json, target: ProbeTarget) -> Check:
    """The check a specification asks for. A kind this node has not is a check that always fails and says so."""
    timeout = Schedule.of(probe).timeout
    if get := probe.get("httpGet"):
        return lambda: _http(get, target, timeout)
    if tcp := probe.get("tcpSocket"):
        return lambda: _tcp(tcp, target, timeout)
    if command := probe.get("exec"):
        return lambda: _exec(command["command"], target, timeout)
    kinds = ", ".join(key for key in probe if isinstance(probe[key], dict)) or "empty"
    return lambda: f"a sandbox node has no {kinds} probes"


class Prober:
    """Repeats one check in a thread of its own until it is stopped.

    Args:
        schedule: When and how often.
        check: What to check.
        on_result: Called when the thresholds turn the result over, and at the first result that counts: (passing,
            failure message).
    """

    def __init__(self, schedule: Schedule, check: Check, on_result: Callable[[bool, str], None]) -> None:
        self._schedule = schedule
        self._check = check
        self._on_result = on_result
        self._stopped = threading.Event()

    def start(self) -> None:
        """Begin probing."""
        threading.Thread(target=self._run, name="probe", daemon=True).start()

    def stop(self) -> None:
        """Stop; a check under way may finish but is not reported."""
        self._stopped.set()

    def _run(self) -> None:
        verdict = Verdict(self._schedule)
        if self._stopped.wait(self._schedule.initial_delay):
            return
        while True:
            started = time.monotonic()
            message = self._check()
            if self._stopped.is_set():
                return
            if verdict.record(not message):
                self._on_result(not message, message)
            if self._stopped.wait(max(0.05, self._schedule.period - (time.monotonic() - started))):
                return


class Verdict:
    """Turns single results into changes, by the thresholds."""

    def __init__(self, schedule: Schedule) -> None:
        self._schedule = schedule
        self._current: bool | None = None
        self._last: bool | None = None
        self._run_length = 0

    def record(self, passed: bool) -> bool:
        """Whether this result changed the verdict. A failing verdict is repeated every ``failures`` results."""
        self._run_length = self._run_length + 1 if passed == self._last else 1
        self._last = passed
        needed = self._schedule.successes if passed else self._schedule.failures
        if self._run_length < needed or (passed and self._current is True):
            return False
        if not passed:
            self._run_length = 0
        self._current = passed
        return True


def _http(get: Json, target: ProbeTarget, timeout: float) -> str:
    port = _port(get["port"], target)
    if port is None:
        return f'couldn\'t find port "{get["port"]}" of the container'
    headers = {header["name"]: header["value"] for header in get.get("httpHeaders") or ()}
    headers.setdefault("User-Agent", "kube-probe/1.35")
    scheme, host, path = get.get("scheme", "HTTP").lower(), get.get("host") or target.pod_ip, get.get("path") or "/"
    connection = _connection(scheme, host, port, timeout)
    try:
        connection.request("GET", path, headers=headers)
        status = connection.getresponse().status
    except (OSError, ValueError, http.client.HTTPException) as problem:
        return f'Get "{scheme}://{host}:{port}{path}": {problem or type(problem).__name__}'
    finally:
        connection.close()
    return "" if 200 <= status < 400 else f"HTTP probe failed with statuscode: {status}"


def _connection(scheme: str, host: str, port: int, timeout: float) -> http.client.HTTPConnection:
    """A connection for one request, as a kubelet's. Probes are most of what a quiet node does: it is to cost little."""
    if scheme == "http":
        return http.client.HTTPConnection(host, port, timeout=timeout)
    # A kubelet does not verify certificates either.
    unverified = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    unverified.check_hostname = False
    unverified.verify_mode = ssl.CERT_NONE
    return http.client.HTTPSConnection(host, port, timeout=timeout, context=unverified)


def _tcp(tcp: Json, target: ProbeTarget, timeout: float) -> str:
    port = _port(tcp["port"], target)
    if port is None:
        return f'couldn\'t find port "{tcp["port"]}" of the container'
    host = tcp.get("host") or target.pod_ip
    try:
        socket.create_connection((host, port), timeout).close()
    except OSError as problem:
        return f"dial tcp {host}:{port}: {problem.strerror or problem}"
    return ""


def _exec(command: list[str], target: ProbeTarget, timeout: float) -> str:
    try:
        argv = target.program(command)
        ended = subprocess.run(
            argv,
            env=dict(target.env),
            cwd=target.cwd,
            timeout=timeout,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return f"command timed out after {timeout:g}s: {' '.join(command)}"
    except (ContainerStartError, OSError, ValueError) as problem:
        return f"{problem}"
    return "" if ended.returncode == 0 else (ended.stdout + ended.stderr).decode(errors="replace")[:500] or "failed"


def _port(port: str | int, target: ProbeTarget) -> int | None:
    if isinstance(port, int):
        return port
    return int(port) if port.isdigit() else target.ports.get(port)
