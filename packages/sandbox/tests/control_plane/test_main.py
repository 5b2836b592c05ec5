"""The control plane as the supervisor runs it: a process with a port, a folder and two variables."""

from __future__ import annotations

import hashlib
import os
import signal
import socket
import subprocess
import sys
import time

import httpx2
import pytest

KEY, WORKSPACE = "lsv2-canary-key", "11111111-1111-4111-8111-111111111111"
VARIABLES = {
    "LANGSMITH_SANDBOX_WORKSPACE_ID": WORKSPACE,
    "LANGSMITH_SANDBOX_API_KEY_SHA256": hashlib.sha256(KEY.encode()).hexdigest(),
}


def start(folder, port, variables):
    """The process, its output going to a file beside its state."""
    command = [sys.executable, "-m", "langsmith_sandbox.control_plane", "--port", str(port), "--state-dir", str(folder)]
    with (folder.parent / "log").open("a") as log:
        return subprocess.Popen(command, env={"PATH": os.environ["PATH"], **variables}, stdout=log, stderr=log)


@pytest.fixture
def port():
    with socket.create_server(("127.0.0.1", 0)) as free:
        return free.getsockname()[1]


def stopped(process):
    """Its exit code after a polite signal."""
    process.send_signal(signal.SIGTERM)
    return process.wait(30)


def wait_until_healthy(http, process, log):
    deadline = time.monotonic() + 120
    while time.monotonic() < deadline:
        assert process.poll() is None, log.read_text()
        try:
            if http.get("/_sandbox/health").status_code == 200:
                return
        except httpx2.TransportError:
            time.sleep(0.1)
    pytest.fail(f"the control plane did not come up:\n{log.read_text()}")


def test_what_was_registered_is_there_after_a_restart_and_the_key_is_in_no_file(tmp_path, port):
    state, log = tmp_path / "state", tmp_path / "log"
    headers = {"X-Api-Key": KEY, "X-Tenant-Id": WORKSPACE}
    http = httpx2.Client(base_url=f"http://127.0.0.1:{port}", headers=headers)
    body = {"compute_type": "k8s", "compute_id": "c", "compute_config": {"k8s_namespaces": ["agents"]}}
    made = None
    with http:
        for _ in range(2):
            process = start(state, port, VARIABLES)
            try:
                wait_until_healthy(http, process, log)
                if made is None:
                    made = http.post("/v2/listeners", json=body).json()
                assert http.get(f"/v2/listeners/{made['id']}").json() == made
            finally:
                code = stopped(process)
            assert code in (0, -signal.SIGTERM), log.read_text()
    files = [file for file in tmp_path.rglob("*") if file.is_file()]
    assert all(KEY.encode() not in file.read_bytes() for file in files)


@pytest.mark.parametrize("variable", sorted(VARIABLES))
def test_without_its_variables_it_ends_with_one_sentence(tmp_path, variable):
    process = start(tmp_path / "state", 1, {**VARIABLES, variable: "nonsense"})
    assert process.wait(60) == 1
    (line,) = (tmp_path / "log").read_text().splitlines()
    assert variable in line
    assert "langsmith-sandbox start" in line
