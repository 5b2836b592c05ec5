"""Each thing that can be wrong is found, named and given a remedy; what is right is left alone."""

from __future__ import annotations

import httpx2
import pytest

from langsmith_client.doctor.examiner import State
from langsmith_client.processes import Finished
from langsmith_client.where import Where

TOML = "[targets.dev]\n"


def test_where_all_is_right_every_check_is_fine_and_nothing_was_changed(world, server):
    findings = world.findings()
    assert {finding.state for finding in findings.values()} == {State.OK}, findings
    assert set(findings) == {
        "address",
        "agent",
        "API key",
        "base image",
        "builder",
        "control plane",
        "dependencies",
        "deployment",
        "environment",
        "git",
        "graphs",
        "image",
        "image content",
        "listener",
        "repository",
        "workspace",
    }
    assert not server.writes(), "finding out must not push anything"
    assert {line.split()[0] for line in world.plane.asked} == {"GET"}


def test_what_was_found_says_which_key_listener_and_image_without_the_key(world):
    findings = world.findings()
    assert findings["API key"].what == "a service key from LANGSMITH_API_KEY"
    assert findings["listener"].what.startswith("cluster-1 (0b8f1d52")
    assert findings["listener"].what.endswith("has the namespace agents, version 0.16.36")
    assert findings["image"].what.endswith("is to be built")
    assert findings["workspace"].what == "workspace (from the target dev in langsmith.toml)"
    assert "canary" not in repr(findings)


@pytest.mark.parametrize(
    ("files", "check", "state", "said"),
    [
        ({"langgraph.json": '{"graphz": {}}'}, "agent", State.FAIL, "did you mean 'graphs'"),
        (
            {"langgraph.json": '{"graphs": {"a": "./no.py:g"}, "dependencies": ["."]}'},
            "graphs",
            State.FAIL,
            "no ./no.py",
        ),
        (
            {"langgraph.json": '{"graphs": {"a": {"path": "./greeter/graph.py:gone"}}, "dependencies": ["."]}'},
            "graphs",
            State.FAIL,
            "defines no gone",
        ),
        ({"greeter/graph.py": "def graph(:\n"}, "graphs", State.FAIL, "not valid Python"),
        ({"greeter/graph.py": "from other import *\n"}, "graphs", State.OK, "greeter"),
        ({"greeter/graph.py": "from other import graph\n"}, "graphs", State.OK, "greeter"),
        ({"greeter/graph.py": "async def graph(): ...\n"}, "graphs", State.OK, "greeter"),
        (
            {"langgraph.json": '{"graphs": {"a": "./greeter/graph.py:graph"}, "dependencies": ["."], "env": ".env"}'},
            "environment",
            State.WARN,
            ".env, which langgraph.json names, does not exist",
        ),
        (
            {
                "langgraph.json": '{"graphs": {"a": "./greeter/graph.py:graph"}, "dependencies": ["."], '
                '"env": {"POSTGRES_URI": "x", "LOG_JSON": "1"}}'
            },
            "environment",
            State.FAIL,
            "POSTGRES_URI",
        ),
        (
            {"../langsmith.toml": TOML + '[agents.greeter]\npath = "greeter"\nenv_file = "prod.env"\n'},
            "environment",
            State.FAIL,
            "prod.env",
        ),
        (
            {"pyproject.toml": '[project]\nname = "greeter"\nversion = "1"\ndependencies = ["httpx"]\n'},
            "dependencies",
            State.WARN,
            "greeter without a uv.lock",
        ),
        ({".env": "TOKEN=canary\n"}, "image content", State.OK, "no .env and no key"),
        ({"greeter/id_rsa": "-"}, "image content", State.WARN, "id_rsa"),
        ({"greeter/graph.py": "graph = 2\n"}, "git", State.WARN, "not as committed: greeter/graph.py"),
        ({"../langsmith.toml": "[targets.dev"}, "settings", State.FAIL, "not valid TOML"),
        ({"../langsmith.toml": "[targets.dve]\n"}, "settings", State.FAIL, "did you mean `dve`"),
    ],
)
def test_what_is_wrong_with_the_folder_is_found(world, files, check, state, said):
    world.agent.write(files)
    finding = world.findings()[check]
    assert (finding.state, said in finding.what) == (state, True), finding
    assert bool(finding.remedy) == (state is not State.OK), "a finding without a way out is no help"


def test_a_folder_without_a_commit_is_a_warning(world, make_agent):
    world.agent = make_agent("loose", git=False)
    assert world.findings()["git"].state is State.WARN


def test_a_repository_that_is_not_there_is_fatal_on_ecr_only(world):
    finding = world.findings(push_to="127.0.0.1:5000/new")["repository"]
    assert (finding.state, "does not exist yet" in finding.what) == (State.WARN, True)
    ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/new"
    finding = world.findings(push_to=ecr)["repository"]
    assert (finding.state, "ECR makes none" in finding.what) == (State.FAIL, True)


@pytest.mark.parametrize(("mutability", "state"), [("IMMUTABLE", State.OK), ("MUTABLE", State.WARN), ("", State.WARN)])
def test_tags_of_ecr_that_can_move_are_a_warning(world, server, mutability, state):
    server.manifests["agents/greeter", "1.0.0"] = next(iter(server.manifests.values()))
    world.environ |= {"AWS_ACCESS_KEY_ID": "AKIDEXAMPLE", "AWS_SECRET_ACCESS_KEY": "canary"}
    world.repository = {"imageTagMutability": mutability}
    ecr = "123456789012.dkr.ecr.us-east-1.amazonaws.com/agents/greeter"
    assert world.findings(push_to=ecr)["tags"].state is state
    assert "tags" not in world.findings(), "other registries do not say"


@pytest.mark.parametrize(("status", "said"), [(401, "does not allow"), (403, "does not allow"), (503, "503")])
def test_a_registry_that_refuses_the_login_is_found(world, server, status, said):
    def refuse(request):
        return httpx2.Response(status) if "agents/greeter" in request.url.path else None

    server.hook = refuse
    finding = world.findings()["repository"]
    assert (finding.state, said in finding.what) == (State.FAIL, True)
    assert finding.remedy or status == 503


def test_without_a_repository_there_is_a_warning_only(world):
    world.where = Where()
    finding = world.findings()["repository"]
    assert (finding.state, "--push-to" in finding.remedy) == (State.WARN, True), "status and wait work without one"


def test_a_base_image_for_another_platform_is_found(world):
    finding = world.findings(platform="linux/arm64")["base image"]
    assert (finding.state, "made for linux/amd64" in finding.what) == (State.FAIL, True)


def test_no_builder_for_the_agent_is_found_with_the_reason_of_each(world):
    world.agent.write(
        {
            "langgraph.json": '{"graphs": {"a": "./greeter/graph.py:graph"}, "dependencies": ["."], '
            '"dockerfile_lines": ["RUN true"]}'
        }
    )
    finding = world.findings()["builder"]
    assert finding.state is State.FAIL
    assert "docker is not installed" in finding.what
    assert "`dockerfile_lines`" in finding.what
    world.tools["docker"] = Finished(0, b"27", "")
    assert world.findings()["builder"].state is State.OK


@pytest.mark.parametrize(
    ("platforms", "state", "said"),
    [
        (("linux/amd64", "linux/arm64"), State.OK, "linux/amd64, linux/arm64 in prod"),
        (("linux/arm64",), State.FAIL, "the image is for linux/amd64"),
        ((), State.WARN, "prod has none"),
    ],
)
def test_nodes_are_compared_with_the_platform(world, kubectl, platforms, state, said):
    world.tools["kubectl"] = kubectl(*platforms)
    finding = world.findings(kube_context="prod")["nodes"]
    assert (finding.state, said in finding.what) == (state, True), finding


@pytest.mark.parametrize(
    ("answer", "said"),
    [
        (None, "kubectl is not on PATH"),
        (Finished(1, b"", 'error: context "prod" does not exist\n'), 'context "prod" does not exist'),
        (Finished(0, b"{}", ""), "cannot be read"),
    ],
)
def test_a_cluster_that_cannot_be_asked_is_a_finding_of_its_own(world, answer, said):
    if answer:
        world.tools["kubectl"] = answer
    finding = world.findings(kube_context="prod")["nodes"]
    assert (finding.state, said in finding.what) == (State.FAIL, True)


def test_an_agent_that_cannot_be_read_does_not_hide_the_rest(world, tmp_path):
    world.agent.folder.rename(tmp_path / "gone")
    findings = world.findings()
    assert "There is no" in findings["agent"].what
    assert findings["listener"].state is State.OK
    assert "base image" not in findings, "nothing says which"
