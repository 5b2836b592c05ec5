"""One real cluster: API server, controllers and a node agent that runs Pods as processes."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import socket
import subprocess
import time
import urllib.request
from functools import partial
from typing import TYPE_CHECKING, Any

import psutil
import pytest

from langsmith_client.diagnosis import Cause, Evidence, diagnose
from langsmith_client.kubectl import Kubectl
from langsmith_client.processes import run
from langsmith_client.target.protocol import Deployment, Phase, Revision
from langsmith_sandbox.cluster import control_plane
from langsmith_sandbox.cluster.api import STRATEGIC_PATCH, KubernetesApi
from langsmith_sandbox.cluster.distribution import Distribution
from langsmith_sandbox.cluster.errors import KubernetesApiError
from langsmith_sandbox.cluster.image_builder import ImageSpec, push_image
from langsmith_sandbox.part import Part, answers_http

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

pytestmark = [
    pytest.mark.world,
    # urllib, which readiness checks use, leaves the socket of a refused handshake to the garbage collector.
    pytest.mark.filterwarnings("ignore:Exception ignored in. <(socket|ssl):pytest.PytestUnraisableExceptionWarning"),
]

WAIT = 90.0
INSTANCES = [{"id": "i-1", "zone": "us-east-1a"}, {"id": "i-2", "zone": "us-east-1b"}]
NODES = {"nodegroups": {"main": {"instances": INSTANCES, "instanceType": "m5.large", "labels": {}, "taints": []}}}
CANARY = "canary-4f1c9a"
SERVER = """
import http.server, os
class Handler(http.server.BaseHTTPRequestHandler):
    def do_GET(self):
        print("asked for", self.path, flush=True)
        self.send_response(200)
        self.end_headers()
        self.wfile.write(f"{os.environ['GREETING']} from {os.environ['POD_NAME']}".encode())
    def log_message(self, *arguments): ...
http.server.HTTPServer((os.environ["LANGSMITH_SANDBOX_POD_IP"], 8000), Handler).serve_forever()
"""
PODS, DEPLOYMENTS = "/api/v1/namespaces/default/pods", "/apis/apps/v1/namespaces/default/deployments"


class Cluster:
    """A running cluster and what is needed to look into it."""

    def __init__(self, directory: Path, images: Path, registry: str, kubernetes: Path) -> None:
        self.directory = directory
        self.processes: dict[str, subprocess.Popen[bytes]] = {}
        control_plane.prepare(directory, name="test")
        (directory / "nodes.json").write_text(json.dumps(NODES))
        parts = control_plane.parts(
            directory,
            name="test",
            kubernetes=kubernetes,
            aws_url="http://127.0.0.1:9",
            ingress_port=9,
            images_dir=images,
            registry=registry,
        )
        self.parts = {part.name.partition("/")[2]: part for part in parts}
        self.api = KubernetesApi.for_identity(directory, "admin")

    def start(self, name: str) -> None:
        self.processes[name] = _start(self.parts[name], self.directory / f"{name}.log")

    def until(self, condition: Callable[[], Any]) -> Any:
        """What the condition gives once it is true."""
        return _until(condition)

    def pod(self, name: str) -> Any:
        return self.api.get(f"{PODS}/{name}")

    def pods(self, label: str) -> list[Any]:
        return self.api.get(PODS, labelSelector=f"app={label}")["items"]

    def containers(self) -> list[psutil.Process]:
        """Every process of a Pod: the node agent's descendants."""
        return psutil.Process(self.processes["node"].pid).children(recursive=True)


def _until(condition: Callable[[], Any]) -> Any:
    deadline = time.monotonic() + WAIT
    while not (found := condition()):
        assert time.monotonic() < deadline, "did not come about in time"
        time.sleep(0.1)
    return found


def _start(part: Part, log: Path) -> subprocess.Popen[bytes]:
    with log.open("ab") as file:
        process = subprocess.Popen(part.argv, env={**os.environ, **part.env}, stdout=file, stderr=file)

    def ready() -> bool:
        assert process.poll() is None, f"{part.name} ended: {log.read_text()[-2000:]}"
        return part.ready()

    _until(ready)
    return process


def _free_port() -> int:
    with contextlib.closing(socket.socket()) as listener:
        listener.bind(("127.0.0.1", 0))
        return listener.getsockname()[1]


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for process in reversed(processes):
        process.terminate()
        process.wait(WAIT)


@pytest.fixture(scope="module")
def registry(find_tool: Callable[[str], Path], tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    folder, port = tmp_path_factory.mktemp("registry"), _free_port()
    config = {
        "version": 0.1,
        "log": {"level": "error", "accesslog": {"disabled": True}},
        "storage": {"filesystem": {"rootdirectory": str(folder / "data")}},
        "http": {"addr": f"127.0.0.1:{port}"},
    }
    (folder / "config.yml").write_text(json.dumps(config))
    argv = (str(find_tool("registry")), "serve", str(folder / "config.yml"))
    process = _start(Part("registry", argv, ready=answers_http(f"http://127.0.0.1:{port}/v2/")), folder / "log")
    distribution = Distribution(f"127.0.0.1:{port}")
    for name, code in {
        "server": SERVER,
        "crash": "import sys; sys.exit('boom')",
        "job": "print('done')",
        "hoard": "hoard = bytearray(200 * 2**20); import time; time.sleep(300)",
    }.items():
        push_image(ImageSpec(f"test/{name}", "1", "sandbox", ("python", "-c", code)), distribution)
    arm = ImageSpec("test/arm", "1", "sandbox", ("python", "-c", ""), platforms=(("linux", "arm64"),))
    push_image(arm, distribution)
    yield f"127.0.0.1:{port}"
    _stop([process])


@pytest.fixture(scope="module")
def cluster(
    find_tool: Callable[[str], Path], registry: str, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Cluster]:
    folder = tmp_path_factory.mktemp("world")
    made = Cluster(folder / "clusters/test", folder / "images", registry, find_tool("kube-apiserver").parent)
    try:
        for name in made.parts:
            made.start(name)
        made.until(lambda: len(made.api.get("/api/v1/nodes")["items"]) == 2)
        yield made
    finally:
        made.api.close()
        _stop(list(made.processes.values()))


def _manifest(name: str, container: dict[str, Any], **spec: Any) -> dict[str, Any]:
    return {
        "apiVersion": "v1",
        "kind": "Pod",
        "metadata": {"name": name},
        "spec": {"containers": [{"name": "main", **container}], **spec},
    }


def _state(pod: Any) -> Any:
    return (pod["status"].get("containerStatuses") or [{"state": {}}])[0]["state"]


@pytest.fixture(scope="module")
def server(cluster: Cluster) -> str:
    """A Deployment of two replicas, Available."""
    secret = {"apiVersion": "v1", "kind": "Secret", "metadata": {"name": "creds"}, "stringData": {"greeting": CANARY}}
    cluster.api.create("/api/v1/namespaces/default/secrets", secret)
    container = {
        "name": "main",
        "image": "test/server:1",
        "ports": [{"name": "http", "containerPort": 8000}],
        "env": [
            {"name": "GREETING", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "greeting"}}},
            {"name": "POD_NAME", "valueFrom": {"fieldRef": {"fieldPath": "metadata.name"}}},
        ],
        "readinessProbe": {"httpGet": {"path": "/ready", "port": "http"}, "periodSeconds": 1},
    }
    template = {"metadata": {"labels": {"app": "server"}}, "spec": {"containers": [container]}}
    deployment = {
        "apiVersion": "apps/v1",
        "kind": "Deployment",
        "metadata": {"name": "server"},
        "spec": {"replicas": 2, "selector": {"matchLabels": {"app": "server"}}, "template": template},
    }
    cluster.api.create(DEPLOYMENTS, deployment)
    path = f"{DEPLOYMENTS}/server"
    cluster.until(lambda: cluster.api.get(path)["status"].get("availableReplicas") == 2)
    return "server"


def test_nodes_are_ready_and_belong_to_their_group(cluster: Cluster):
    nodes = cluster.api.get("/api/v1/nodes", labelSelector="eks.amazonaws.com/nodegroup=main")["items"]
    conditions = [each for node in nodes for each in node["status"]["conditions"] if each["type"] == "Ready"]
    assert [each["status"] for each in conditions] == ["True", "True"]


def test_a_deployment_turns_available_and_each_replica_listens_on_an_address_of_its_own(cluster: Cluster, server: str):
    pods = cluster.pods(server)
    answers = set()
    for pod in pods:
        with urllib.request.urlopen(f"http://{pod['status']['podIP']}:8000/", timeout=10) as answer:
            answers.add(answer.read().decode())
    assert answers == {f"{CANARY} from {pod['metadata']['name']}" for pod in pods}
    digests = {pod["status"]["containerStatuses"][0]["imageID"] for pod in pods}
    assert all(digest.startswith("docker.io/test/server@sha256:") for digest in digests)


def test_logs_come_through_the_api_server(cluster: Cluster, server: str):

    pod = cluster.pods(server)[0]["metadata"]["name"]
    http = cluster.api._http
    answer = http.get(f"{PODS}/{pod}/log", params={"tailLines": "1"})
    assert answer.status_code == 200
    assert answer.text in {"asked for /\n", "asked for /ready\n"}, "one line, without time and stream"
    assert http.get(f"{PODS}/{pod}/log", params={"previous": "true"}).status_code == 404


def test_no_secret_value_is_in_any_file_of_the_cluster(cluster: Cluster, server: str):
    holders = [path for path in cluster.directory.rglob("*") if path.is_file() and CANARY.encode() in path.read_bytes()]
    assert holders == []


@pytest.mark.parametrize(
    ("name", "container", "reason", "message"),
    [
        ("no-image", {"image": "ghcr.io/test/none:1"}, "ImagePullBackOff", "ghcr.io/test/none:1: not found"),
        (
            "no-key",
            {
                "image": "test/server:1",
                "env": [{"name": "X", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "none"}}}],
            },
            "CreateContainerConfigError",
            "couldn't find key none in Secret default/creds",
        ),
        ("crash", {"image": "test/crash:1"}, "CrashLoopBackOff", "back-off"),
        ("no-program", {"image": "test/server:1", "command": ["none"]}, "RunContainerError", 'exec: "none"'),
    ],
)
def test_what_goes_wrong_shows_in_the_status_as_on_a_real_node(
    cluster: Cluster, server: str, name: str, container: dict[str, Any], reason: str, message: str
):
    cluster.api.create(PODS, _manifest(name, container))
    waiting = cluster.until(
        lambda: (found := _state(cluster.pod(name)).get("waiting", {})).get("reason") == reason and found
    )
    assert message in waiting["message"]
    cluster.api.delete(f"{PODS}/{name}")


def test_a_crash_keeps_its_exit_code_and_its_output(cluster: Cluster):
    cluster.api.create(PODS, _manifest("once", {"image": "test/crash:1"}, restartPolicy="Never"))
    cluster.until(lambda: cluster.pod("once")["status"]["phase"] == "Failed")
    assert _state(cluster.pod("once"))["terminated"]["exitCode"] == 1
    assert cluster.api._http.get(f"{PODS}/once/log").text == "boom\n"
    cluster.api.delete(f"{PODS}/once")


def test_a_program_for_another_processor_ends_with_the_words_of_a_real_runtime(cluster: Cluster):
    cluster.api.create(PODS, _manifest("arm", {"image": "test/arm:1"}, restartPolicy="Never"))
    cluster.until(lambda: cluster.pod("arm")["status"]["phase"] == "Failed")
    assert _state(cluster.pod("arm"))["terminated"]["exitCode"] == 255
    assert cluster.api._http.get(f"{PODS}/arm/log").text == "exec /usr/local/bin/python: exec format error\n"
    cluster.api.delete(f"{PODS}/arm")


def test_the_deploy_cli_finds_the_cause_in_pods_and_events_through_kubectl(cluster: Cluster):
    if not shutil.which("kubectl"):
        pytest.skip("kubectl is not installed")
    agents = {
        "hungry": ({"image": "test/hoard:1", "resources": {"limits": {"memory": "64Mi"}}}, Cause.OUT_OF_MEMORY),
        "crashing": ({"image": "test/crash:1"}, Cause.CRASH),
        "foreign": ({"image": "test/arm:1"}, Cause.ARCHITECTURE),
        "missing": ({"image": "ghcr.io/test/none:1"}, Cause.IMAGE_MISSING),
        "large": ({"image": "test/server:1", "resources": {"requests": {"cpu": "3"}}}, Cause.UNSCHEDULABLE),
        "deaf": (
            {"image": "test/hoard:1", "readinessProbe": {"httpGet": {"path": "/ok", "port": 8000}, "periodSeconds": 1}},
            Cause.NOT_READY,
        ),
    }
    kubectl = Kubectl(run=partial(run, env={"KUBECONFIG": str(control_plane.admin_kubeconfig(cluster.directory))}))
    identity = "0f8fad5b-d9cb-469f-a165-70867728950e"

    def cause(name: str) -> Cause | None:
        deployment = Deployment(identity, name, {"namespace": "default"}, None)
        clues = kubectl.clues(deployment, None)
        found = diagnose(Evidence(Revision("r1", Phase.PENDING, "DEPLOYING"), clues))
        return found.cause if found else None

    for name, (container, _) in agents.items():
        cluster.api.create(PODS, _manifest(f"{name}-{identity.replace('-', '')}-1", container))
    for name, (_, expected) in agents.items():
        cluster.until(lambda name=name, expected=expected: cause(name) is expected)
        cluster.api.delete(f"{PODS}/{name}-{identity.replace('-', '')}-1")


def test_a_pod_too_large_for_every_node_waits_and_says_why(cluster: Cluster):
    container = {"image": "test/server:1", "resources": {"requests": {"cpu": "3"}}}
    cluster.api.create(PODS, _manifest("large", container))
    conditions = cluster.until(lambda: cluster.pod("large")["status"].get("conditions"))
    assert conditions[0]["message"] == "0/2 nodes are available: 2 Insufficient cpu."
    cluster.api.delete(f"{PODS}/large")
    cluster.until(lambda: _gone(cluster, "large"))


def test_a_job_completes(cluster: Cluster):
    template = {"spec": {"restartPolicy": "Never", "containers": [{"name": "main", "image": "test/job:1"}]}}
    job = {"apiVersion": "batch/v1", "kind": "Job", "metadata": {"name": "job"}, "spec": {"template": template}}
    path = "/apis/batch/v1/namespaces/default/jobs"
    cluster.api.create(path, job)
    cluster.until(lambda: cluster.api.get(f"{path}/job")["status"].get("succeeded") == 1)


def test_a_pod_reaches_the_api_as_its_service_account(cluster: Cluster):
    code = (
        "import json, os, ssl, urllib.request\n"
        "config = json.load(open(os.environ['KUBECONFIG']))\n"
        "cluster, user = config['clusters'][0]['cluster'], config['users'][0]['user']\n"
        "token = open(user['tokenFile']).read()\n"
        "url = cluster['server'] + '/apis/authentication.k8s.io/v1/selfsubjectreviews'\n"
        "body = {'apiVersion': 'authentication.k8s.io/v1', 'kind': 'SelfSubjectReview'}\n"
        "headers = {'Authorization': 'Bearer ' + token, 'Content-Type': 'application/json'}\n"
        "context = ssl.create_default_context(cafile=cluster['certificate-authority'])\n"
        "request = urllib.request.Request(url, json.dumps(body).encode(), headers)\n"
        "print(json.load(urllib.request.urlopen(request, context=context))['status']['userInfo']['username'])\n"
    )
    container = {"image": "test/job:1", "command": ["python", "-c", code]}
    cluster.api.create(PODS, _manifest("who", container, restartPolicy="Never"))
    cluster.until(lambda: cluster.pod("who")["status"]["phase"] in {"Succeeded", "Failed"})
    assert cluster.api._http.get(f"{PODS}/who/log").text == "system:serviceaccount:default:default\n"
    cluster.api.delete(f"{PODS}/who")


def test_a_killed_node_agent_takes_its_pods_along_and_the_next_one_starts_them_again(cluster: Cluster, server: str):
    family = cluster.containers()
    assert len(family) >= 4, "two replicas, each a shim and a program"
    cluster.processes["node"].kill()
    cluster.processes["node"].wait(WAIT)
    assert psutil.wait_procs(family, WAIT)[1] == [], "nothing may outlive the agent"
    cluster.start("node")

    def restarted() -> bool:
        statuses = [pod["status"]["containerStatuses"][0] for pod in cluster.pods(server)]
        return all(each["ready"] and each["restartCount"] == 1 for each in statuses)

    cluster.until(restarted)


def test_a_node_that_leaves_hands_its_pods_to_the_others(cluster: Cluster, server: str):
    one = {"nodegroups": {"main": {**NODES["nodegroups"]["main"], "instances": INSTANCES[:1]}}}
    (cluster.directory / "nodes.json").write_text(json.dumps(one))
    (node,) = cluster.until(lambda: found if len(found := cluster.api.get("/api/v1/nodes")["items"]) == 1 else None)

    def moved() -> bool:
        pods = cluster.pods(server)
        return len(pods) == 2 and all(pod["spec"].get("nodeName") == node["metadata"]["name"] for pod in pods)

    cluster.until(moved)


def test_deleting_leaves_no_process(cluster: Cluster, server: str):
    cluster.api.patch(f"{DEPLOYMENTS}/{server}", {"spec": {"replicas": 0}}, content_type=STRATEGIC_PATCH)
    cluster.until(lambda: not cluster.pods(server))
    assert cluster.until(lambda: not [each for each in cluster.containers() if each.is_running()])


def _gone(cluster: Cluster, name: str) -> bool:
    try:
        cluster.pod(name)
    except KubernetesApiError as problem:
        return problem.status == 404
    return False
