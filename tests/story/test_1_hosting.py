"""From nothing to an agent's answer, through every change and mishap of the stack.

The numbered files are the chapters of one story in one sandbox, in this order: standing it up costs more than all they
check.
"""

from __future__ import annotations

import json
import re
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import psycopg
import pytest
from agent_stores import environment, redis_answers
from secret_search import files_holding, processes_showing
from standing_world import (
    account_holds,
    control_plane,
    deploy,
    deployments,
    forget_requests,
    layers,
    listeners,
    outputs,
    requests_seen,
    revisions,
    up,
)
from workspace import Workspace

pytestmark = [pytest.mark.engine, pytest.mark.world]

ROTATE = """
import boto3
rds = boto3.client("rds")
(database,) = rds.describe_db_instances()["DBInstances"]
name = database["DBInstanceIdentifier"]
rds.modify_db_instance(DBInstanceIdentifier=name, RotateMasterUserPassword=True, ApplyImmediately=True)
rds.get_waiter("db_instance_available").wait(DBInstanceIdentifier=name, WaiterConfig={"Delay": 1})
"""
FIVE_KEYS = ("environment", "eksClusterName", "s3BucketPrefix", "langsmithWorkspaceId", "langsmithApiKey")


def test_up_ends_with_the_agents_answer_and_what_serves_it(workspace: Workspace, standing: dict[str, Any]) -> None:
    commit = workspace.run("git", "rev-parse", "HEAD").stdout.strip()
    assert standing["answer"].startswith("Hello, ")
    assert standing["deployed"]["image"] == f"hello-world-graph:0.1.0-{commit[:12]}"
    assert re.fullmatch(r"sha256:[0-9a-f]{64}", standing["deployed"]["digest"])
    assert standing["deployed"]["revision"] == revisions(workspace)[0]["id"]


@pytest.mark.usefixtures("standing")
def test_agents_are_behind_the_one_load_balancer_the_controller_made(workspace: Workspace) -> None:
    (balancer,) = account_holds(workspace, "elasticloadbalancing:loadbalancer")
    assert outputs(workspace)["loadBalancerAddress"].startswith(balancer), "the address comes from the Gateway's status"


def test_up_again_changes_builds_pushes_and_revises_nothing(workspace: Workspace, standing: dict[str, Any]) -> None:
    made = len(revisions(workspace))
    again = up(workspace)
    assert re.fullmatch(r"\d+ unchanged", again["resources"]), "no resource may change"
    assert (again["deployed"]["built"], again["deployed"]["changed"]) == (False, False)
    assert again["deployed"]["digest"] == standing["deployed"]["digest"]
    assert len(revisions(workspace)) == made


@pytest.mark.usefixtures("standing")
def test_plain_pulumi_agrees_that_there_is_nothing_to_do(workspace: Workspace) -> None:
    workspace.in_sandbox("pulumi preview --expect-no-changes --non-interactive", cwd=workspace.hosting)


@pytest.mark.usefixtures("standing")
def test_an_operator_finds_nothing_wrong_and_takes_nothing_down_by_mistake(workspace: Workspace) -> None:
    doctor, status, orphans = (operator(workspace, command) for command in ("doctor", "status", "orphans"))
    for checks in (doctor["checks"], status["checks"]):
        assert {each["state"] for each in checks} <= {"ok", "warn"}, "everything can be looked at"
    assert (orphans["left"], orphans["unseen"]) == ([], []), "what stands is in the state, or made for what is"
    refusal = operator(workspace, "down", "--yes", expect=50)
    assert "hello-world-graph" in refusal["error"], "its deployment would be stranded"


def operator(workspace: Workspace, command: str, *arguments: str, expect: int = 0) -> dict[str, Any]:
    """Run a command of langsmith-hybrid on the stack; what it said."""
    words = shlex.join(["langsmith-hybrid", command, "--json", *arguments])
    return json.loads(workspace.in_sandbox(words, cwd=workspace.hosting, expect=expect).stdout)


def test_a_stack_with_a_wrong_key_fails_with_the_cause_and_leaves_what_runs(
    workspace: Workspace, standing: dict[str, Any]
) -> None:
    """The next ``up`` with the right key mends it; until then a refresh would ask with the key the state has."""
    stack_file = workspace.hosting / "Pulumi.sandbox.yaml"
    good = stack_file.read_text()
    before, wrong = listeners(workspace), f"lsv2_pt_{'0' * 32}"
    try:
        workspace.in_sandbox(f"printf {wrong} | pulumi config set --secret langsmithApiKey", cwd=workspace.hosting)
        done = workspace.in_sandbox(
            "pulumi up --yes --skip-preview --non-interactive", cwd=workspace.hosting, expect=None
        )
    finally:
        stack_file.write_text(good)
    assert done.returncode != 0
    assert "401: Invalid API key. Check that the LangSmith API key is current" in done.stdout, "the cause"
    assert wrong not in done.stdout + done.stderr
    assert "Traceback" not in done.stdout + done.stderr
    assert listeners(workspace) == before
    listing = workspace.in_sandbox("langsmith-client status hello-world-graph --json").stdout
    newest = json.loads(listing.splitlines()[-1])
    assert newest["served_revision_id"] == newest["revision_id"], "the agent is still served"
    assert files_holding(wrong, workspace.sandbox) == [], "a key is a secret even if it opens nothing"


def test_an_uncommitted_line_gets_a_tag_of_its_own_and_a_commit_another(
    workspace: Workspace, standing: dict[str, Any]
) -> None:
    made = len(revisions(workspace))
    graph = workspace.agent / "hello_world_graph" / "graph.py"
    graph.write_text(graph.read_text().replace("Hello, ", "Good day, "))
    dirty = up(workspace, "--with-firewall")
    assert re.fullmatch(r"hello-world-graph:0\.1\.0-[0-9a-f]{12}-dirty-[0-9a-f]{8}", dirty["deployed"]["image"])
    assert dirty["answer"].startswith("Good day, "), "the new code answers"
    assert len(revisions(workspace)) == made + 1
    gateways = [f"{address}/32" for address in outputs(workspace)["natGatewayIps"]]
    assert dirty["admitted"] == {"partner-edge": gateways, "partner-network": gateways}
    commit = workspace.commit("Be more formal")
    clean = deploy(workspace)
    assert clean["image"] == f"hello-world-graph:0.1.0-{commit[:12]}"
    assert clean["revision_id"] == revisions(workspace)[0]["id"] != dirty["deployed"]["revision"]
    before, after = layers(workspace, standing["deployed"]["digest"]), layers(workspace, clean["digest"])
    assert before[:-1] == after[:-1], "base and dependencies stay"
    assert before[-1] != after[-1], "only the source layer is new"


@pytest.mark.parametrize(
    ("mistake", "exit_code", "cause"),
    [
        ({"--listener-id": "00000000-0000-4000-8000-000000000000"}, 50, "00000000-0000-4000-8000-000000000000"),
        ({"--k8s-namespace": "elsewhere"}, 50, "elsewhere"),
        ({"LANGSMITH_API_KEY": "lsv2_pt_wrong"}, 40, "key"),
    ],
)
def test_a_wrong_listener_namespace_or_key_fails_with_the_cause(
    workspace: Workspace, standing: dict[str, Any], mistake: dict[str, str], exit_code: int, cause: str
) -> None:
    stack = outputs(workspace)
    flags = {
        "--push-to": stack["repositories"]["hello-world-graph"],
        "--listener-id": stack["listenerId"],
        "--k8s-namespace": stack["namespaces"][0],
        "--name": "another",
    }
    flags |= {name: value for name, value in mistake.items() if name.startswith("--")}
    variables = " ".join(f"{name}={value}" for name, value in mistake.items() if not name.startswith("--"))
    arguments = " ".join(f"{name} {value}" for name, value in flags.items())
    done = workspace.in_sandbox(f"{variables} langsmith-client deploy {workspace.agent} {arguments}", expect=None)
    assert done.returncode == exit_code, done.stderr
    assert cause in done.stderr
    assert "Traceback" not in done.stderr + done.stdout
    assert set(deployments(workspace)) == {"hello-world-graph"}, "nothing was deployed"


def test_the_api_key_is_nowhere_it_does_not_belong(workspace: Workspace, standing: dict[str, Any]) -> None:
    secret = workspace.credentials["api_key"]
    belongs = [workspace.sandbox / "credentials.json"]
    assert files_holding(secret, workspace.sandbox, allowed=belongs) == [], "state, logs, journals, databases"
    assert files_holding(secret, workspace.root / "stacks") == [], "stack files"
    assert processes_showing(secret) == [], "process arguments"


def test_an_agent_has_stores_of_its_own_that_only_its_process_knows(
    workspace: Workspace, standing: dict[str, Any]
) -> None:
    variables = environment(workspace)
    postgres, redis = variables["POSTGRES_URI_CUSTOM"], variables["REDIS_URI_CUSTOM"]
    with psycopg.connect(postgres) as connection:
        found = connection.execute("SELECT current_user, current_database()").fetchone()
        assert found == ("agent_hello_world_graph", "agent_hello_world_graph")
        connection.execute("CREATE TABLE kept AS SELECT 1 AS value")
    with pytest.raises(psycopg.OperationalError, match=r"no pg_hba\.conf entry .* no encryption"):
        psycopg.connect(postgres.replace("sslmode=require", "sslmode=disable"))
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.replace("/agent_hello_world_graph?", "/postgres?"))
    assert redis.endswith("/1"), "0 is the listener's queue"
    assert redis_answers(redis, "SET kept 1", "GET kept") == ["+OK", "$1", "1"]
    for secret in (urlsplit(postgres).password, urlsplit(redis).password):
        assert secret
        assert files_holding(secret, workspace.sandbox) == [], "the control plane's store, state, logs, journals"
        assert processes_showing(secret) == []
    references = {each["name"]: each for each in deployments(workspace)["hello-world-graph"]["secret_references"]}
    assert references.keys() == {"POSTGRES_URI_CUSTOM", "REDIS_URI_CUSTOM"}, "by name and key is all LangSmith knows"


def test_a_listener_deleted_behind_the_programs_back_comes_back_and_everything_else_follows(
    workspace: Workspace, standing: dict[str, Any]
) -> None:
    workspace.in_sandbox("langsmith-client delete hello-world-graph --yes --delete-tracing-project")
    (listener,) = listeners(workspace)
    control_plane(workspace, "DELETE", f"/v2/listeners/{listener['id']}")
    operator(workspace, "up", "--yes", "--", "--non-interactive", "--refresh")
    (recreated,) = listeners(workspace)
    assert recreated["id"] != listener["id"]
    assert recreated["compute_id"] == listener["compute_id"]
    assert outputs(workspace)["listenerId"] == recreated["id"]
    assert deploy(workspace)["proven"] is True, "an agent deployed through the new listener answers"


@pytest.fixture(scope="module")
def put_right(workspace: Workspace, standing: dict[str, Any]) -> dict[str, Any]:
    """One update after three changes: namespaces by hand, a rotated master password, another agent. The listener."""
    (listener,) = listeners(workspace)
    changed = {"compute_config": {"k8s_namespaces": ["agents", "by-hand"]}}
    control_plane(workspace, "PATCH", f"/v2/listeners/{listener['id']}", changed)
    workspace.in_sandbox(f"python -c {shlex.quote(ROTATE)}")
    events = workspace.sandbox / "events.json"
    done = workspace.in_sandbox(
        """pulumi config set agents '["hello-world-graph", "second"]' &&"""
        f" PULUMI_DEBUG_COMMANDS=true pulumi up --yes --skip-preview --non-interactive --refresh --event-log {events}",
        cwd=workspace.hosting,
    )
    secret = workspace.credentials["api_key"]
    assert events.stat().st_size > 0
    assert files_holding(secret, events.parent, allowed=[workspace.sandbox / "credentials.json"]) == []
    assert secret not in done.stdout + done.stderr
    events.unlink()
    return listener


def test_namespaces_changed_by_hand_are_put_right(workspace: Workspace, put_right: dict[str, Any]) -> None:
    (restored,) = listeners(workspace)
    assert restored["id"] == put_right["id"]
    assert restored["compute_config"]["k8s_namespaces"] == ["agents"]


def test_a_rotated_master_password_is_survived_and_another_agent_gets_stores_of_its_own(
    workspace: Workspace, put_right: dict[str, Any]
) -> None:
    postgres = environment(workspace)["POSTGRES_URI_CUSTOM"]
    with psycopg.connect(postgres) as connection:
        assert connection.execute("SELECT value FROM kept").fetchone() == (1,), "what the agent has is as it was"
        listed = connection.execute("SELECT datname FROM pg_database WHERE datname LIKE 'agent%'").fetchall()
        assert {name for (name,) in listed} == {"agent_hello_world_graph", "agent_second"}, "made by the new password"
    with pytest.raises(psycopg.OperationalError, match="permission denied for database"):
        psycopg.connect(postgres.replace("/agent_hello_world_graph?", "/agent_second?"))
    assert outputs(workspace)["agentSecretReferences"].keys() == {"hello-world-graph", "second"}


BAD = {
    "vpcCidr": "10.0.0.0/8",
    "vpcCIDR": "10.0.0.0/16",
    "availabilityZones": "seven",
    "eksClusterVersion": "1.20",
    "eksNodeInstanceType": "large",
    "eksNodeDiskGib": "1",
    "eksPublicAccessCidrs": '["0.0.0.0/0"]',
    "clusterAdminArns": '["me"]',
    "logRetentionDays": "2",
    "postgresInstanceClass": "large",
    "postgresVersion": "9",
    "postgresStorageGib": "1",
    "postgresBackupDays": "0",
    "redisNodeType": "large",
    "redisVersion": "5",
    "redisNodes": "0",
    "agents": '["An Agent"]',
    "agentNamespaces": '["kube-system"]',
    "dataplaneChartVersion": "latest",
    "tags": '{"aws:name": "mine"}',
}


@pytest.fixture
def other_stack(workspace: Workspace, standing: dict[str, Any]) -> Iterator[Path]:
    """The file of a stack that nobody has brought up; its secrets need a passphrase, and nobody to be asked."""
    stack_file = workspace.hosting / "Pulumi.other.yaml"
    workspace.in_sandbox("pulumi stack init other --no-select --secrets-provider passphrase", cwd=workspace.hosting)
    yield stack_file
    workspace.in_sandbox("pulumi stack rm --yes other; pulumi stack select sandbox", cwd=workspace.hosting)
    stack_file.unlink(missing_ok=True)


def test_bad_configuration_is_refused_before_anybody_is_asked(workspace: Workspace, other_stack: Path) -> None:
    for part in ("aws", "control-plane"):
        forget_requests(workspace, part)
    missing = workspace.in_sandbox("pulumi preview --non-interactive --stack other", cwd=workspace.hosting, expect=None)
    assert all(f"{key}: is required and not set." in missing.stdout for key in FIVE_KEYS)
    good = (workspace.hosting / "Pulumi.sandbox.yaml").read_text()
    of_the_five = re.findall(rf"(?m)^  langsmith-hybrid:(?:{'|'.join(FIVE_KEYS[:-1])}): .*\n", good)
    other_stack.write_text(
        "".join(
            (
                other_stack.read_text(),
                "config:\n",
                *of_the_five,
                "  langsmith-hybrid:langsmithApiKey: no key of anybody's\n",
                *(f"  langsmith-hybrid:{key}: '{value}'\n" for key, value in BAD.items()),
            )
        )
    )
    unusable = workspace.in_sandbox(
        "pulumi up --yes --non-interactive --stack other", cwd=workspace.hosting, expect=None
    )
    assert all(f"- {key}: " in unusable.stdout for key in BAD)
    assert missing.returncode != 0 != unusable.returncode
    assert "Traceback" not in missing.stdout + unusable.stdout
    assert requests_seen(workspace, "aws") == []
    assert requests_seen(workspace, "control-plane") == []
