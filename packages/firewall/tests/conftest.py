"""An AWS to speak to: the sandbox's, in a process of its own."""

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

from langsmith_firewall.services.web_acl import WebAclName

KEY, SECRET = "AKIASANDBOXOPERATOR0", "the operator's canary secret"
_STARTUP_SECONDS = 60


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _await(server: subprocess.Popen[bytes], url: str, log: Path) -> None:
    deadline = time.monotonic() + _STARTUP_SECONDS
    while time.monotonic() < deadline and server.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(url, timeout=5):
            return
        time.sleep(0.1)
    raise AssertionError(f"{url} never answered: {log.read_text()}")


@pytest.fixture(scope="session")
def aws_environment(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, str]]:
    """The variables that lead boto3 to it."""
    folder, port = tmp_path_factory.mktemp("aws"), _free_port()
    environ = {
        **os.environ,
        "LANGSMITH_SANDBOX_AWS_ACCESS_KEY_ID": KEY,
        "LANGSMITH_SANDBOX_AWS_SECRET_ACCESS_KEY": SECRET,
    }
    argv = [sys.executable, "-m", "langsmith_sandbox.aws", "--port", str(port), "--state-dir", str(folder / "state")]
    log = folder / "aws.log"
    with log.open("wb") as output:
        server = subprocess.Popen(argv, stdout=output, stderr=output, env=environ)
    try:
        _await(server, f"http://127.0.0.1:{port}/_sandbox/health", log)
        yield {
            "AWS_ENDPOINT_URL": f"http://127.0.0.1:{port}",
            "AWS_ACCESS_KEY_ID": KEY,
            "AWS_SECRET_ACCESS_KEY": SECRET,
            "AWS_REGION": "us-east-1",
            "AWS_EC2_METADATA_DISABLED": "true",
        }
    finally:
        server.terminate()
        server.wait(timeout=10)


@dataclasses.dataclass(frozen=True)
class Aws:
    """Clients of that AWS, and lists made there by somebody else."""

    environ: dict[str, str]
    _clients: dict[str, Any]

    def client(self, service: str) -> Any:
        if service not in self._clients:  # making one takes a second of computing for EC2
            self._clients[service] = boto3.client(
                service,
                region_name=self.environ["AWS_REGION"],
                endpoint_url=self.environ["AWS_ENDPOINT_URL"],
                aws_access_key_id=KEY,
                aws_secret_access_key=SECRET,
            )
        return self._clients[service]

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

    def version(self, prefix_list_id: str) -> int:
        """How often a prefix list was changed, and once."""
        found = self.client("ec2").describe_managed_prefix_lists(PrefixListIds=[prefix_list_id])
        return int(found["PrefixLists"][0]["Version"])

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

    def web_acl(self, rule: str, ip_set: dict[str, str], *, block: bool = True) -> str:
        """ARN of a new web ACL with a rule of this name that refers to an IP set, and settings nothing here sets."""
        waf, name = self.client("wafv2"), f"edge-{uuid.uuid4()}"
        named = {"Name": ip_set["ipSetName"], "Id": ip_set["ipSetId"], "Scope": ip_set["scope"]}
        made = waf.create_web_acl(
            Name=name,
            Scope="REGIONAL",
            DefaultAction={"Block": {"CustomResponse": {"ResponseCode": 403}}} if block else {"Allow": {}},
            Description="theirs",
            TokenDomains=["agents.example"],
            VisibilityConfig=_visibility(name),
            Rules=[
                {
                    "Name": rule,
                    "Priority": 7,
                    "Statement": {"IPSetReferenceStatement": {"ARN": waf.get_ip_set(**named)["IPSet"]["ARN"]}},
                    "Action": {"Count": {}},
                    "VisibilityConfig": _visibility(rule),
                }
            ],
        )
        return str(made["Summary"]["ARN"])

    def in_web_acl(self, arn: str) -> dict[str, Any]:
        """A web ACL, whole, and its lock token."""
        answer = self.client("wafv2").get_web_acl(**WebAclName(arn).request)
        return {**answer["WebACL"], "LockToken": answer["LockToken"]}

    def rules_in_full(self, arn: str) -> list[dict[str, Any]]:
        """The rules of a web ACL in the order they are looked at."""
        return sorted(self.in_web_acl(arn)["Rules"], key=lambda rule: rule["Priority"])

    def rules(self, arn: str) -> list[str]:
        """Their names."""
        return [rule["Name"] for rule in self.rules_in_full(arn)]

    def write_rules(self, arn: str, rules: list[dict[str, Any]], **settings: Any) -> None:
        """What somebody else does to a web ACL."""
        found = self.in_web_acl(arn)
        kept = {name: found[name] for name in ("DefaultAction", "Description", "TokenDomains", "VisibilityConfig")}
        request = {**kept, **settings, **WebAclName(arn).request, "LockToken": found["LockToken"]}
        self.client("wafv2").update_web_acl(Rules=rules, **request)


def _visibility(metric: str) -> dict[str, Any]:
    return {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": metric}


@pytest.fixture(scope="session")
def account(aws_environment: dict[str, str]) -> Aws:
    """That AWS."""
    return Aws(aws_environment, {})


@pytest.fixture
def aws(account: Aws, monkeypatch: pytest.MonkeyPatch) -> Aws:
    """That AWS, and the environment set so that the code under test finds it by its own chain."""
    for name, value in account.environ.items():
        monkeypatch.setenv(name, value)
    return account
