"""The builder that drives docker, up to docker's doorstep."""

from __future__ import annotations

import dataclasses
import json
from pathlib import Path

import pytest

from langsmith_client.errors import BuildError, ConflictError, RegistryError
from langsmith_client.image.docker import DockerBuilder
from langsmith_client.image.publish import INPUTS_LABEL, build_request
from langsmith_client.image_reference import parse_repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.processes import Finished

TARGET = parse_repository("127.0.0.1:5000/team/greeter")
NOBODY = "neither a docker daemon nor another builder of buildx answers"
CONFIG = "sha256:" + "c" * 64
PUSHED = Manifest(b'{"config": {"digest": "%s"}}' % CONFIG.encode(), OCI_MANIFEST)


class Docker:
    """Answers as docker would and looks at what it was given, while it exists."""

    def __init__(self, server, *, digest: str | None = PUSHED.digest, exit_code=0, stderr=""):
        self.server, self.digest, self.exit_code, self.stderr = server, digest, exit_code, stderr
        self.argv: list[str] = []
        self.env: dict[str, str] = {}
        self.dockerfile = ""
        self.context: set[str] = set()

    def __call__(self, argv, *, cwd=None, stdin=b"", env=None, timeout=60.0):
        self.argv, self.dockerfile, self.env = list(argv), stdin.decode(), dict(env or {})
        context = Path(argv[-1])
        self.context = {str(path.relative_to(context)) for path in context.rglob("*") if path.is_file()}
        if "--output" in argv:
            Path(argv[argv.index("--output") + 1].rpartition("dest=")[2]).write_text("an image", encoding="utf-8")
        if self.exit_code == 0 and "--push" in argv:
            metadata = Path(argv[argv.index("--metadata-file") + 1])
            reported = {"containerimage.digest": self.digest} if self.digest else {}
            metadata.write_text(json.dumps(reported), encoding="utf-8")
            tag = argv[argv.index("--tag") + 1].rpartition(":")[2]
            self.server.manifests["team/greeter", tag] = self.server.manifests["team/greeter", PUSHED.digest] = PUSHED
        return Finished(self.exit_code, b"", self.stderr)


@pytest.fixture
def publish(registry, server, push_base):
    push_base({})

    def run(agent, docker, **options):
        return DockerBuilder(registry, docker).publish(build_request(agent.load(**options), TARGET), lambda text: None)

    return run


def test_the_context_holds_exactly_what_enters_the_image(publish, agent, server):
    agent.write({".env": "KEY=secret", ".dockerignore": "notes\n", "notes/a": ""})
    docker = Docker(server)
    publish(agent, docker)
    assert docker.context == {".dockerignore", "greeter/graph.py", "langgraph.json", "pyproject.toml"}


def test_the_dockerfile_is_that_of_langgraph_cli_on_a_pinned_base(publish, agent, server, registry):
    docker = Docker(server)
    publish(agent, docker)
    assert docker.dockerfile.startswith("FROM docker.io/langchain/langgraph-api@sha256:")
    assert 'ENV LANGSERVE_GRAPHS=\'{"greeter": "/deps/greeter/greeter/graph.py:graph"}\'' in docker.dockerfile
    assert "# syntax" not in docker.dockerfile


def test_a_folder_without_metadata_keeps_the_name_its_modules_are_imported_by(publish, make_agent, server):
    agent = make_agent("bare-agent")
    (agent.folder / "pyproject.toml").unlink()
    agent.commit()
    docker = Docker(server)
    publish(agent, docker, version="1")
    assert "/deps/outer-bare-agent/src/greeter/graph.py:graph" in docker.dockerfile


def test_other_folders_become_build_contexts_that_exist(publish, make_agent, server, tmp_path):
    config = {"dependencies": [".", "../lib"], "graphs": {"greeter": "./greeter/graph.py:graph"}}
    agent = make_agent(files={"langgraph.json": json.dumps(config)})
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "setup.py").touch()
    docker = Docker(server)
    publish(agent, docker)
    name, _, folder = docker.argv[docker.argv.index("--build-context") + 1].partition("=")
    assert (name, Path(folder).name) == ("lib", "lib")
    assert "# syntax" not in docker.dockerfile, "it would fetch a frontend from Docker Hub"


def test_labels_platform_and_tag_are_passed_and_the_image_is_pushed_at_once(publish, agent, server):
    docker = Docker(server)
    publish(agent, docker)
    assert docker.argv[:4] == ["docker", "buildx", "build", "--push"]
    assert docker.argv[docker.argv.index("--platform") + 1] == "linux/amd64"
    assert f"org.opencontainers.image.revision={agent.git('rev-parse', 'HEAD')}" in docker.argv
    assert str(TARGET) + ":1.2.0-" + agent.git("rev-parse", "HEAD")[:12] in docker.argv


@pytest.mark.parametrize("reported", [PUSHED.digest, CONFIG])
def test_the_digest_is_that_of_what_docker_says_it_pushed(publish, agent, server, reported):
    assert publish(agent, Docker(server, digest=reported)) == PUSHED.digest, "some builders report the configuration"


def test_a_tag_that_stands_for_something_else_than_docker_pushed_is_a_conflict(publish, agent, server):
    with pytest.raises(ConflictError, match="stands for"):
        publish(agent, Docker(server, digest="sha256:" + "0" * 64))


def test_without_a_digest_from_docker_there_is_nothing_to_deploy(publish, agent, server):
    with pytest.raises(BuildError, match="did not say which image"):
        publish(agent, Docker(server, digest=None))


def test_more_arguments_reach_docker_before_the_context_and_change_the_inputs(registry, push_base, agent, server):
    push_base({})
    docker, more = Docker(server), ("--build-arg", "A=1")
    request = build_request(agent.load(), TARGET, arguments=more)
    DockerBuilder(registry, docker).publish(request, lambda text: None)
    assert docker.argv[-3:-1] == list(more)
    assert request.labels[INPUTS_LABEL] != build_request(agent.load(), TARGET).labels[INPUTS_LABEL]


def test_building_without_pushing_loads_the_image_or_writes_it(registry, push_base, agent, server, tmp_path):
    push_base({})
    request = build_request(agent.load(), TARGET)
    docker = Docker(server)
    built = DockerBuilder(registry, docker).build(request, None, lambda text: None)
    assert built.place == f"docker has it as greeter:{request.image.reference}"
    assert "--load" in docker.argv
    assert "--push" not in docker.argv
    for name, kind in (("image.tar", "tar=true"), ("image", "tar=false")):
        DockerBuilder(registry, docker).build(request, tmp_path / name, lambda text: None)
        assert docker.argv[docker.argv.index("--output") + 1].startswith(f"type=oci,{kind},dest=")
        assert (tmp_path / name).read_text(encoding="utf-8") == "an image"
    assert {name for name, _ in server.manifests} == {"langchain/langgraph-api"}, "nothing was pushed"


def test_a_failed_step_is_a_build_error_and_a_failed_push_a_registry_error(publish, agent, server):
    with pytest.raises(BuildError, match="exit code: 1"):
        publish(agent, Docker(server, exit_code=1, stderr="#5 RUN pip\nERROR: process did not complete: exit code: 1"))
    with pytest.raises(RegistryError, match="denied") as caught:
        publish(agent, Docker(server, exit_code=1, stderr="ERROR: failed to push x: denied"))
    assert caught.value.exit_code == 11
    with pytest.raises(RegistryError, match="could not push the image: ERROR: denied"):
        publish(
            agent, Docker(server, exit_code=1, stderr="#9 DONE\n------\n > pushing x with docker:\nERROR: denied\n")
        )


@pytest.mark.parametrize(
    ("answer", "obstacle"),
    [
        (FileNotFoundError(), "docker is not installed"),
        (TimeoutError(), "docker's builder does not answer"),
        (Finished(1, b"", "docker: unknown command: docker buildx"), "docker has no buildx plugin"),
        (Finished(1, b"", "docker: 'buildx' is not a docker command."), "docker has no buildx plugin"),
        (Finished(0, b"Name: default\nDriver:\nError:  failed to connect to the docker API", ""), NOBODY),
        (Finished(1, b"", 'ERROR: no builder "mine" found'), NOBODY),
        (Finished(0, b"Driver:        remote\n\nNodes:\nStatus:   inactive\n", ""), NOBODY),
        (Finished(0, b"Driver:        remote\n\nNodes:\nStatus:   running\n", ""), None),
        (Finished(0, b"Driver: docker-container\n\nNodes:\nStatus: inactive\n", ""), None),
        (Finished(0, b"Driver: docker\n\nNodes:\nStatus: running\n", ""), None),
    ],
)
def test_why_docker_cannot_be_used_is_known_before_anything_is_tried(agent, registry, answer, obstacle):
    def run(argv, **options):
        assert argv == ["docker", "buildx", "inspect"], "a builder elsewhere needs no docker daemon"
        if isinstance(answer, Exception):
            raise answer
        return answer

    assert DockerBuilder(registry, run).obstacle(agent.load()) == obstacle


def test_a_configuration_langgraph_cli_refuses_is_a_sentence(publish, make_agent, server):
    config = {"dependencies": ["."], "graphs": {"greeter": "./gone.py:graph"}}
    with pytest.raises(BuildError, match="langgraph-cli refuses"):
        publish(make_agent(files={"langgraph.json": json.dumps(config)}), Docker(server))


TAG_INVALID = "ERROR: tag invalid: The image tag '1' already exists in the 'x' repository"


@pytest.mark.parametrize("said", [f"------\n > pushing x:1 with docker:\n------\n{TAG_INVALID}\n", TAG_INVALID])
def test_a_push_that_an_immutable_tag_refused_is_a_conflict(publish, agent, server, registry, said):
    docker = Docker(server, exit_code=1, stderr=said)
    image = build_request(agent.load(), TARGET).image
    server.manifests["team/greeter", image.reference] = PUSHED
    with pytest.raises(ConflictError, match="not for the image just built"):
        publish(agent, docker)


def test_a_javascript_agent_is_built_from_its_own_files_on_its_own_base(registry, push_base, make_agent, server):
    push_base({}, repository="langchain/langgraphjs-api", tag="20")
    agent = make_agent(
        files={
            "langgraph.json": '{"node_version": "20", "graphs": {"talker": "./src/graph.ts:graph"}}',
            "package.json": '{"name": "@acme/talker", "version": "3.1.4"}',
            "src/graph.ts": "export const graph = 1",
            "node_modules/x/index.js": "",
        }
    )
    for name in ("pyproject.toml", "greeter/graph.py"):
        (agent.folder / name).unlink()
    agent.commit()
    docker = Docker(server)
    request = build_request(agent.load(), TARGET)
    DockerBuilder(registry, docker).publish(request, lambda text: None)
    assert docker.context == {"langgraph.json", "package.json", "src/graph.ts"}
    assert docker.dockerfile.startswith("FROM docker.io/langchain/langgraphjs-api@sha256:")
    assert request.image.reference.startswith("3.1.4-")
    agent.write({"src/graph.ts": "export const graph = 2"})
    assert build_request(agent.load(), TARGET).labels[INPUTS_LABEL] != request.labels[INPUTS_LABEL]


def test_a_range_of_server_versions_is_what_langgraph_cli_makes_of_it(
    publish, push_base, make_agent, server, monkeypatch
):
    push_base({}, tag="0.8.3-py3.11")
    resolved = "langgraph_cli.config._resolve_compatible_api_version"
    monkeypatch.setattr(resolved, lambda wanted, image, variant: "0.8.3" if wanted == "~=0.8.0" else wanted)
    config = {"dependencies": ["."], "graphs": {"greeter": "./greeter/graph.py:graph"}, "api_version": "~=0.8.0"}
    docker = Docker(server)
    publish(make_agent(files={"langgraph.json": json.dumps(config)}), docker)
    assert docker.dockerfile.startswith("FROM docker.io/langchain/langgraph-api@sha256:")


def test_a_build_that_failed_leaves_no_half_an_image_behind(registry, push_base, agent, server, tmp_path):
    push_base({})
    docker = Docker(server, exit_code=1, stderr="ERROR: OCI exporter is not supported for the docker driver.")
    request = build_request(agent.load(), TARGET)
    with pytest.raises(BuildError, match="OCI exporter"):
        DockerBuilder(registry, docker).build(request, tmp_path / "out" / "image.tar", lambda text: None)
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.parametrize(
    "said", ["failed to connect to the docker API at unix:///x", "Cannot connect to the Docker daemon"]
)
def test_a_builder_without_a_daemon_can_keep_an_image_in_a_file_only(registry, push_base, agent, server, said):
    push_base({})
    docker = Docker(server, exit_code=1, stderr=f"ERROR: {said}")
    with pytest.raises(BuildError, match="no docker daemon to keep the image") as caught:
        DockerBuilder(registry, docker).build(build_request(agent.load(), TARGET), None, lambda text: None)
    assert "--output" in caught.value.remedy


def test_a_rebuild_believes_no_cache_of_docker(registry, push_base, agent, server):
    push_base({})
    docker = Docker(server)
    request = build_request(agent.load(), TARGET)
    DockerBuilder(registry, docker).publish(request, lambda text: None)
    assert "--no-cache" not in docker.argv
    DockerBuilder(registry, docker).publish(dataclasses.replace(request, fresh=True), lambda text: None)
    assert "--no-cache" in docker.argv, "dependencies that float would come from it"


def test_docker_logs_in_to_ecr_as_we_do_and_to_other_registries_as_it_always_has(
    registry, push_base, agent, server, monkeypatch, tmp_path
):
    monkeypatch.setenv("DOCKER_CONFIG", str(tmp_path))
    push_base({})
    docker = Docker(server)
    request = build_request(agent.load(), TARGET)
    DockerBuilder(registry, docker).publish(request, lambda text: None)
    assert docker.env == {}
    monkeypatch.setattr(type(registry), "is_ecr", lambda self, host: host == TARGET.host)
    DockerBuilder(registry, docker).publish(request, lambda text: None)
    assert docker.env["DOCKER_CONFIG"] != str(tmp_path)
