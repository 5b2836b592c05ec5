"""The supervisor's control API as the emulator calls it."""

from __future__ import annotations

import http.server
import json
import threading

import pytest

from langsmith_sandbox.aws import context
from langsmith_sandbox.aws.errors import RuntimeUnreachableError
from langsmith_sandbox.aws.runtime import ClusterReport, NodeInstance, NodePlan, SupervisorRuntime


@pytest.fixture
def supervisor():
    """A control API that answers from ``answers`` and keeps what it was asked in ``asked``."""
    asked, answers = [], {}

    class Handler(http.server.BaseHTTPRequestHandler):
        def answer(self):
            length = int(self.headers.get("Content-Length") or 0)
            body = json.loads(self.rfile.read(length)) if length else None
            asked.append((self.command, self.path, self.headers["Authorization"], body))
            status, content = answers.get((self.command, self.path), (404, None))
            payload = json.dumps(content).encode() if content is not None else b""
            self.send_response(status)
            self.send_header("Content-Length", str(len(payload)))
            self.end_headers()
            self.wfile.write(payload)

        do_GET = do_PUT = do_DELETE = answer  # noqa: N815 - names http.server calls

        def log_message(self, format, *args):  # noqa: A002 - name http.server passes
            """Silent."""

    listening = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = threading.Thread(target=listening.serve_forever, daemon=True)
    thread.start()
    runtime = SupervisorRuntime(f"http://127.0.0.1:{listening.server_port}", "the-token")
    yield runtime, asked, answers
    listening.shutdown()
    thread.join(timeout=10)
    listening.server_close()


def test_orders_carry_the_token_and_the_body_of_the_contract(supervisor):
    runtime, asked, answers = supervisor
    answers[("PUT", "/clusters/prod")] = (202, {})
    answers[("PUT", "/clusters/prod/nodegroups/main")] = (204, None)
    runtime.start("prod", "1.35")
    taint = {"key": "gpu", "value": "yes", "effect": "NO_SCHEDULE"}
    runtime.set_nodes(
        "prod", "main", NodePlan((NodeInstance("i-1", "us-east-1a"),), "m5.large", {"pool": "main"}, (taint,))
    )
    assert asked == [
        ("PUT", "/clusters/prod", "Bearer the-token", {"version": "1.35"}),
        (
            "PUT",
            "/clusters/prod/nodegroups/main",
            "Bearer the-token",
            {
                "instances": [{"id": "i-1", "zone": "us-east-1a"}],
                "instanceType": "m5.large",
                "architecture": "amd64",
                "labels": {"pool": "main"},
                "taints": [taint],
            },
        ),
    ]


def test_a_report_is_read_and_a_missing_cluster_is_none(supervisor):
    runtime, _, answers = supervisor
    answers[("GET", "/clusters/prod")] = (
        200,
        {"status": "ACTIVE", "endpoint": "https://127.0.0.1:1", "certificateAuthority": "Q0E=", "message": ""},
    )
    assert runtime.report("prod") == ClusterReport("ACTIVE", "https://127.0.0.1:1", "Q0E=")
    assert runtime.report("gone") is None


def test_taking_away_what_is_gone_is_fine(supervisor):
    runtime, asked, _ = supervisor
    runtime.stop("gone")
    runtime.set_nodes("gone", "main", None)
    assert [method for method, *_ in asked] == ["DELETE", "DELETE"]


def test_a_refused_order_is_a_clear_error_without_the_token(supervisor):
    runtime, _, answers = supervisor
    answers[("PUT", "/clusters/prod")] = (500, {"detail": "no"})
    with pytest.raises(RuntimeUnreachableError, match="langsmith-sandbox status") as caught:
        runtime.start("prod", "1.35")
    assert "the-token" not in str(caught.value)


def test_a_cluster_shows_what_the_supervisor_reports(account, network, supervisor):
    runtime, _, answers = supervisor
    context.use(context.Context(clock=account.clock, runtime=runtime))
    answers[("PUT", "/clusters/prod")] = (202, {})
    answers[("DELETE", "/clusters/prod")] = (202, {})
    answers[("GET", "/clusters/prod")] = (200, {"status": "CREATING"})
    eks = account.cluster(network)
    assert eks.describe_cluster(name="prod")["cluster"]["status"] == "CREATING", "time alone does not make it ACTIVE"
    answers[("GET", "/clusters/prod")] = (200, {"status": "FAILED", "message": "etcd did not start"})
    failed = eks.describe_cluster(name="prod")["cluster"]
    assert failed["status"] == "FAILED"
    assert failed["health"]["issues"][0]["message"] == "etcd did not start"
    answers[("GET", "/clusters/prod")] = (
        200,
        {"status": "ACTIVE", "endpoint": "https://127.0.0.1:6443", "certificateAuthority": "Q0E="},
    )
    shown = eks.describe_cluster(name="prod")["cluster"]
    assert (shown["status"], shown["endpoint"]) == ("ACTIVE", "https://127.0.0.1:6443")
    assert shown["certificateAuthority"] == {"data": "Q0E="}
    eks.delete_cluster(name="prod")
    account.settle()
    assert eks.describe_cluster(name="prod")["cluster"]["status"] == "DELETING", "it still runs"
    del answers[("GET", "/clusters/prod")]
    assert account.refusal(lambda: eks.describe_cluster(name="prod"))[0] == "ResourceNotFoundException"


def test_a_cluster_is_not_half_made_when_the_supervisor_refuses(account, network, supervisor):
    runtime, _, answers = supervisor
    context.use(context.Context(clock=account.clock, runtime=runtime))
    answers[("PUT", "/clusters/prod")] = (500, {})
    role, eks = account.role(), account.client("eks")
    wanted = {"name": "prod", "roleArn": role, "resourcesVpcConfig": {"subnetIds": network.subnets}}
    code, message = account.refusal(lambda: eks.create_cluster(**wanted))
    assert code == "ServerException"
    assert "langsmith-sandbox status" in message
    answers[("PUT", "/clusters/prod")] = (202, {})
    assert eks.create_cluster(**wanted)["cluster"]["name"] == "prod", "SDKs try again, and the name must be free"
    groups = account.client("ec2").describe_security_groups()["SecurityGroups"]
    assert sum(group["GroupName"].startswith("eks-cluster-sg-prod") for group in groups) == 1
