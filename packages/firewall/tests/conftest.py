"""An AWS to speak to: the sandbox's for EC2, and moto's own server for WAF, which the sandbox does not offer."""

from __future__ import annotations

import contextlib
import dataclasses
import os
import socket
import subprocess
import sys
import time
import urllib.request
import uuid
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import boto3
import pytest

KEY, SECRET = "AKIASANDBOXOPERATOR0", "the operator's canary secret"
_STARTUP_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextlib.contextmanager
def _process(arguments: list[str], port: int, health: str, log: Path) -> Iterator[str]:
    environ = {
        **os.environ,
        "LANGSMITH_SANDBOX_AWS_ACCESS_KEY_ID": KEY,
        "LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY": SECRET,
    }
    with log.open("wb") as output:
        server = subprocess.Popen([sys.executable, "-m", *arguments], stdout=output, stderr=output, env=environ)
    try:
        _await(server, f"http://127.0.0.1:{port}{health}", log)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait(timeout=10)


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} never answered: {log.read_text()}")


@pytest.fixture(scope="session")
def aws_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that lead boto3 to both, each a process of its own."""
    folder = tmp_path_factory.mktemp("aws")
    ec2, waf = _free_port(), _free_port()
    sandbox = ["langsmith_sandbox.aws", "--port", str(ec2), "--state-dir", str(folder / "state")]
    moto = ["moto.server", "-H", "127.0.0.1", "-p", str(waf)]
    with (
        _process(sandbox, ec2, "/_sandbox/health", folder / "aws.log") as ec2_url,
        _process(moto, waf, "/moto-api/", folder / "waf.log") as waf_url,
    ):
        yield {
            "AWS_ENDPOINT_URL_EC2": ec2_url,
            "AWS_ENDPOINT_URL_WAFV2": waf_url,
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }


@dataclasses.dataclass(frozen=True)
class Aws:
    """Clients of that AWS, and lists made there by somebody else."""

    environ: dict[str, str]

    def client(self, service: str) -> Any:
        return boto3.client(
            service,
            region_name=self.environ["AWS_REGION"],
            endpoint_url=self.environ[f"AWS_ENDPOINT_URL_{service.upper()}"],
            aws_access_key_id=KEY,
            aws_secret_access_key=SECRET,
        )

    def prefix_list(self, *cidrs: str, room: int = 10) -> str:
        """Id of a new prefix list that holds these."""
        entries = [{"Cidr": cidr, "Description": "somebody else's"} for cidr in cidrs]
        made = self.client("ec2").create_managed_prefix_list(
            PrefixListName="agents", MaxEntries=room, AddressFamily="IPv4", Entries=entries
        )
        return str(made["PrefixList"]["PrefixListId"])

    def in_prefix_list(self, prefix_list_id: str) -> dict[str, str]:
        """What a prefix list holds: description by address."""
        answer = self.client("ec2").get_managed_prefix_list_entries(PrefixListId=prefix_list_id)
        return {entry["Cidr"]: entry.get("Description", "") for entry in answer["Entries"]}

    def ip_set(self, *addresses: str) -> dict[str, str]:
        """Name, id and scope of a new IP set that holds these."""
        name = f"agents-{uuid.uuid4()}"
        made = self.client("wafv2").create_ip_set(
            Name=name, Scope="REGIONAL", IPAddressVersion="IPV4", Addresses=list(addresses), Description="theirs"
        )
        return {"ipSetName": name, "ipSetId": made["Summary"]["Id"], "scope": "REGIONAL"}

    def in_ip_set(self, named: dict[str, str]) -> list[str]:
        """What an IP set holds."""
        answer = self.client("wafv2").get_ip_set(Name=named["ipSetName"], Id=named["ipSetId"], Scope=named["scope"])
        return list(answer["IPSet"]["Addresses"])


@pytest.fixture
def aws(aws_environment: dict[str, str], monkeypatch: pytest.MonkeyPatch) -> Aws:
    """That AWS, and the environment set so that the code under test finds it by its own chain."""
    for name, value in aws_environment.items():
        monkeypatch.setenv(name, value)
    return Aws(aws_environment)
