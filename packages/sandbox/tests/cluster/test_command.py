from __future__ import annotations

import json
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.command import Interpreters, Surroundings, build_command
from langsmith_sandbox.cluster.errors import ContainerStartError
from langsmith_sandbox.cluster.images import RUNTIME_LABEL, Image
from langsmith_sandbox.cluster.path_map import PathMap

if TYPE_CHECKING:
    from langsmith_sandbox.cluster.runtime import Command

INTERPRETERS = Interpreters(Path("/opt/sandbox/bin/python"), Path("/opt/agents/bin/python"))


class Bench:
    """Builds commands of one image in one place."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.root = folder / "root"
        self.mounts: dict[str, Path] = {}
        self.extra: dict[str, str] = {}
        self.machine = {"PATH": "/usr/bin", "AWS_SECRET_ACCESS_KEY": "leak", "LANGSMITH_API_KEY": "leak"}
        self.config: dict[str, Any] = {"Labels": {RUNTIME_LABEL: "sandbox"}, "Entrypoint": ["python", "-m", "app"]}
        self.interpreters = INTERPRETERS
        self.architecture = self.node = "amd64"

    def add(self, path: str, content: str = "x", mode: int = 0o644) -> Path:
        file = self.root / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(content)
        file.chmod(mode)
        return file

    def build(self, container: dict[str, Any] | None = None, declared: dict[str, str] | None = None) -> Command:
        image = Image("team/app:1", "id", self.root, self.config, self.architecture)
        home = self.folder / "home"
        home.mkdir(exist_ok=True)
        paths = PathMap(self.root, self.mounts)
        around = Surroundings("127.64.0.9", home, paths, self.extra, self.machine, self.node)
        return build_command(image, container or {}, declared or {}, self.interpreters, around)


@pytest.fixture
def bench(tmp_path: Path) -> Bench:
    (tmp_path / "root").mkdir()
    return Bench(tmp_path)


@pytest.mark.parametrize(
    ("container", "expected"),
    [
        ({}, ["python", "default"]),
        ({"args": ["a"]}, ["python", "a"]),
        ({"command": ["sh"]}, ["sh"]),
        ({"command": ["sh"], "args": ["a"]}, ["sh", "a"]),
    ],
)
def test_command_and_args_replace_entrypoint_and_cmd_as_kubernetes_documents(
    bench: Bench, container: dict[str, Any], expected: list[str]
):
    bench.config |= {"Entrypoint": ["python"], "Cmd": ["default"]}
    argv = bench.build(container).argv
    assert [Path(argv[0]).name, *argv[1:]] == expected


@pytest.mark.parametrize(("runtime", "python"), [("sandbox", "sandbox"), ("agent-server", "agents")])
def test_the_label_chooses_which_python_stands_for_the_images_own(bench: Bench, runtime: str, python: str):
    bench.config["Labels"] = {RUNTIME_LABEL: runtime}
    assert bench.build().argv[0] == f"/opt/{python}/bin/python"


def test_an_image_not_made_for_the_sandbox_does_not_start_and_says_why(bench: Bench):
    bench.config["Labels"] = {}
    with pytest.raises(ContainerStartError, match="image team/app:1 is not labelled"):
        bench.build()


@pytest.mark.parametrize(("entrypoint", "program"), [("python", "/usr/local/bin/python"), ("/app/run", "/app/run")])
def test_a_program_for_another_processor_ends_at_once_with_the_last_words_of_a_real_runtime(
    bench: Bench, entrypoint: str, program: str
):
    bench.architecture = "arm64"
    bench.config |= {"Entrypoint": [entrypoint], "Labels": {}}
    command = bench.build()
    done = subprocess.run(
        command.argv, env=dict(command.env), cwd=command.cwd, capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (255, f"exec {program}: exec format error\n")


@pytest.mark.parametrize(
    ("image", "node", "runs"), [("arm64", "arm64", True), ("amd64", "arm64", False), ("", "arm64", True)]
)
def test_graviton_nodes_run_what_was_built_for_them(bench: Bench, image: str, node: str, runs: bool):
    bench.architecture, bench.node = image, node
    assert ("exec format error" not in " ".join(bench.build().argv)) == runs


@pytest.mark.parametrize(
    ("resources", "memory"),
    [({"limits": {"memory": "512Mi"}}, 2**29), ({"requests": {"memory": "1Gi"}}, None), ({}, None)],
)
def test_only_a_limit_bounds_what_a_container_may_hold(bench: Bench, resources: dict[str, Any], memory: int | None):
    assert bench.build({"resources": resources}).memory == memory


def test_without_an_agent_server_agents_do_not_start(bench: Bench):
    bench.config["Labels"] = {RUNTIME_LABEL: "agent-server"}
    bench.interpreters = Interpreters(Path("/opt/sandbox/bin/python"), None)
    with pytest.raises(ContainerStartError, match="needs the agent server"):
        bench.build()


def test_nothing_of_the_agents_environment_leaks_but_the_few_names_allowed(bench: Bench):
    bench.machine |= {"SSL_CERT_FILE": "/ca.pem"}
    env = bench.build().env
    assert "leak" not in str(env)
    assert env["SSL_CERT_FILE"] == "/ca.pem"
    assert env["HOME"].startswith(str(bench.folder)), "a container must not write to somebody's home"
    assert env["LANGSMITH_SANDBOX_POD_IP"] == "127.64.0.9"


def test_the_pods_variables_win_over_the_images_and_over_the_nodes(bench: Bench):
    bench.config["Env"] = ["MODE=image", "KEPT=image", "PATH=/image/bin"]
    bench.extra = {"KUBECONFIG": "/node"}
    env = bench.build(declared={"MODE": "pod", "KUBECONFIG": "/pod"}).env
    assert (env["MODE"], env["KEPT"], env["KUBECONFIG"]) == ("pod", "image", "/pod")
    assert env["PATH"] == "/opt/sandbox/bin:/usr/bin", "the image's folders are not on this machine"


def test_arguments_see_the_environment(bench: Bench):
    assert bench.build({"args": ["--mode=$(MODE)", "$(NONE)"]}, {"MODE": "x"}).argv[-2:] == ("--mode=x", "$(NONE)")


def test_paths_of_the_image_in_arguments_graphs_and_pythonpath_are_located(bench: Bench):
    graph = bench.add("deps/agent/graph.py")
    graphs = json.dumps({"hello": "/deps/agent/graph.py:graph", "other": {"path": "/none.py:graph"}})
    bench.config["Env"] = [f"LANGSERVE_GRAPHS={graphs}", "PYTHONPATH=/deps/agent:/none"]
    command = bench.build({"args": ["/deps/agent/graph.py", "/lgp/agent"]})
    assert json.loads(command.env["LANGSERVE_GRAPHS"]) == {
        "hello": f"{graph}:graph",
        "other": {"path": "/none.py:graph"},
    }
    assert command.env["PYTHONPATH"] == f"{graph.parent}:/none"
    assert command.argv[-2:] == (str(graph), "/lgp/agent"), "what is no path of the image stays as it is"


def test_the_images_packages_are_importable(bench: Bench):
    package = bench.add("usr/local/lib/python3.11/site-packages/extra.py")
    assert bench.build().env["PYTHONPATH"] == str(package.parent)


def test_packages_in_editable_form_come_after_those_that_are_installed(bench: Bench):
    package = bench.add("usr/local/lib/python3.11/site-packages/_agent.pth", "/deps/agent\n/deps/gone\n")
    agent = bench.add("deps/agent/agent/__init__.py").parent.parent
    assert bench.build().env["PYTHONPATH"] == f"{package.parent}:{agent}"


def test_paths_of_volumes_are_located_wherever_a_variable_is_just_that(bench: Bench):
    bench.mounts = {"/var/secrets/": bench.folder / "volume"}
    env = bench.build(declared={"KEY_FILE": "/var/secrets/key", "PREFIX": "/var/secretsX", "URL": "/lgp/x"}).env
    assert env["KEY_FILE"] == str(bench.folder / "volume/key")
    assert (env["PREFIX"], env["URL"]) == ("/var/secretsX", "/lgp/x")


def test_the_working_directory_is_a_copy_that_may_be_written_to(bench: Bench):
    original = bench.add("deps/agent/graph.py", "1")
    cwd = bench.build({"workingDir": "/deps/agent"}).cwd
    (cwd / "graph.py").write_text("changed")
    assert original.read_text() == "1", "all containers share the image"
    assert bench.build({"workingDir": "/deps/agent"}).cwd == cwd


def test_programs_come_from_the_image_first_then_from_the_machines_tools(bench: Bench):
    own = bench.add("usr/local/bin/entry.sh", mode=0o755)
    assert bench.build({"command": ["entry.sh"]}).argv == (str(own),)
    assert bench.build({"command": ["/usr/local/bin/entry.sh"]}).argv == (str(own),)
    assert bench.build({"command": ["/bin/sh"]}).argv == ("/bin/sh",)


@pytest.mark.parametrize("program", ["no-such-program", "/no/such/program", "./relative"])
def test_a_program_that_is_nowhere_is_told_as_runc_does(bench: Bench, program: str):
    with pytest.raises(ContainerStartError, match=f'exec: "{program}"'):
        bench.build({"command": [program]})


def test_an_image_without_any_command_does_not_start(bench: Bench):
    bench.config["Entrypoint"] = []
    with pytest.raises(ContainerStartError, match="no command specified"):
        bench.build()
