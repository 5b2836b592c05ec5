"""Reuse before building, choice of a builder, and tags that are never overwritten."""

from __future__ import annotations

import dataclasses
import hashlib
import json

import pytest

from langsmith_client.errors import BuildError, ConflictError, ProjectError
from langsmith_client.image.publish import FORMAT_LABEL, INPUTS_LABEL, TAG_LABEL, build_request, publish, published
from langsmith_client.image_reference import parse_repository
from langsmith_client.manifest import OCI_MANIFEST, Manifest
from langsmith_client.registry.upload import in_memory

TARGET = parse_repository("127.0.0.1:5000/team/greeter")


@dataclasses.dataclass
class Builder:
    """Pushes an image that consists of labels."""

    registry: object
    name: str = "layers"
    problem: str | None = None
    built: int = 0
    takes_arguments: bool = False

    def obstacle(self, project):
        return self.problem

    def publish(self, request, say):
        self.built += 1
        return push(self.registry, request.image, dict(request.labels))

    def build(self, request, output, say):
        raise AssertionError("nobody asked for a build without a push")


def push(registry, image, labels):
    blob = json.dumps({"config": {"Labels": labels}}).encode()
    digest = "sha256:" + hashlib.sha256(blob).hexdigest()
    registry.upload(image.repository, digest, len(blob), in_memory(blob))
    manifest = Manifest(json.dumps({"config": {"digest": digest}, "layers": []}).encode(), OCI_MANIFEST)
    registry.put_manifest(image, manifest)
    return manifest.digest


def run(registry, agent, *builders, chosen="auto", said=None, **options):
    request = build_request(agent.load(), TARGET)
    say = (said if said is not None else []).append
    return publish(request, registry, builders, chosen=chosen, say=say, **options)


def test_an_image_that_is_there_is_reused_and_nothing_is_built_or_pushed(registry, agent, server):
    builder = Builder(registry)
    first = run(registry, agent, builder)
    server.requests.clear()
    second = run(registry, agent, builder)
    assert (first.reused, second.reused, builder.built) == (False, True, 1)
    assert second.by_digest == f"127.0.0.1:5000/team/greeter@{first.digest}"
    assert server.writes() == []


def test_a_moved_base_does_not_rebuild_a_commit_under_its_old_tag(registry, agent, push_base):
    builder = Builder(registry)
    push_base({"a": "1"})
    first = run(registry, agent, builder)
    push_base({"a": "2"})
    assert run(registry, agent, builder).digest == first.digest, "nodes would keep the old bits under the same tag"


def test_a_tag_made_from_other_inputs_is_neither_reused_nor_overwritten(registry, agent, server):
    request = build_request(agent.load(), TARGET)
    digest = push(registry, request.image, {INPUTS_LABEL: "0" * 64, FORMAT_LABEL: request.labels[FORMAT_LABEL]})
    with pytest.raises(ConflictError, match="other inputs") as caught:
        run(registry, agent, Builder(registry))
    assert caught.value.exit_code == 30
    assert registry.digest(request.image) == digest


@pytest.mark.parametrize("labels", [{}, {INPUTS_LABEL: "0" * 64}, {INPUTS_LABEL: "0" * 64, FORMAT_LABEL: "0"}])
def test_an_image_whose_inputs_cannot_be_compared_is_taken_as_it_is(registry, agent, labels):
    digest = push(registry, build_request(agent.load(), TARGET).image, labels)
    assert run(registry, agent).digest == digest, "another version of this program counted other things as inputs"


def test_settings_that_change_the_image_change_its_inputs_and_the_environment_does_not(make_agent):
    def inputs(name, **extra):
        config = {"dependencies": ["."], "graphs": {"a": "./greeter/graph.py:graph"}, **extra}
        agent = make_agent(name, files={".dockerignore": "langgraph.json\n", "langgraph.json": json.dumps(config)})
        return build_request(agent.load(), TARGET).labels[INPUTS_LABEL]

    plain = inputs("one")
    assert inputs("two", env={"A": "1"}) == plain, "two deployments may share an image"
    assert inputs("three", store={"index": {"dims": 3}}) != plain
    assert inputs("four", base_image="ghcr.io/acme/base:1") != plain


def test_auto_takes_the_first_builder_that_can_and_says_why_not_the_others(registry, agent):
    said: list[str] = []
    docker, layers = Builder(registry, "docker", "no docker daemon answers"), Builder(registry)
    run(registry, agent, docker, layers, said=said)
    assert said == ["builder layers; not docker, because no docker daemon answers"]
    assert (docker.built, layers.built) == (0, 1)


def test_the_first_that_can_is_taken_and_a_chosen_one_needs_no_reason(registry, make_agent):
    said: list[str] = []
    run(registry, make_agent("one"), Builder(registry, "docker"), Builder(registry), said=said)
    run(registry, make_agent("two", files={"more.py": ""}), Builder(registry), chosen="layers", said=said)
    assert said == ["builder docker, because nothing stands in its way", "builder layers"]


def test_a_chosen_builder_that_cannot_is_an_error_and_no_other_steps_in(registry, agent):
    docker, layers = Builder(registry, "docker", "no docker daemon answers"), Builder(registry)
    with pytest.raises(BuildError, match="no docker daemon answers") as caught:
        run(registry, agent, docker, layers, chosen="docker")
    assert (caught.value.exit_code, layers.built) == (10, 0)


def test_a_tag_pushed_by_someone_else_in_the_meantime_is_noticed(registry, agent):
    class Raced(Builder):
        def publish(self, request, say):
            digest = super().publish(request, say)
            push(self.registry, request.image, {"other": "build"})
            return digest

    with pytest.raises(ConflictError, match="stands for"):
        run(registry, agent, Raced(registry))


def test_a_platform_nobody_builds_for_is_refused_with_the_choices(agent):
    with pytest.raises(ProjectError, match="linux/amd64, linux/arm64"):
        build_request(agent.load(), TARGET, "windows/amd64")


def test_a_rebuild_gets_a_tag_of_its_own_and_is_what_the_commit_means_from_then_on(registry, agent, server):
    builder = Builder(registry)
    first = run(registry, agent, builder)
    second = run(registry, agent, builder, rebuild=True)
    third = run(registry, agent, builder, rebuild=True)
    tag = first.image.reference
    assert [second.image.reference, third.image.reference] == [f"{tag}-r1", f"{tag}-r2"]
    assert registry.digest(first.image) == first.digest, "no tag was overwritten"
    again = run(registry, agent, builder)
    assert (again.image, again.digest, again.reused) == (third.image, third.digest, True)
    assert published(build_request(agent.load(), TARGET), registry) == again


def test_a_rebuild_asks_for_fresh_dependencies_and_is_labelled_with_its_own_tag(registry, agent):
    seen = []

    class Looking(Builder):
        def publish(self, request, say):
            seen.append((request.fresh, request.labels[TAG_LABEL] == request.image.reference))
            return super().publish(request, say)

    for rebuild in (False, True):
        run(registry, agent, Looking(registry), rebuild=rebuild)
    assert seen == [(False, True), (True, True)]


def test_what_a_publish_would_build_is_not_published_yet(registry, agent):
    assert published(build_request(agent.load(), TARGET), registry) is None


def test_every_option_that_decides_the_image_changes_its_inputs(agent):
    def inputs(platform="linux/amd64", **options):
        return build_request(agent.load(), TARGET, platform, **options).labels[INPUTS_LABEL]

    agent.write({".dockerignore": "uv.lock\n", "uv.lock": "version = 1\n"}).commit()
    found = [
        inputs(),
        inputs("linux/arm64"),
        inputs(base_image="ghcr.io/acme/base@sha256:" + "0" * 64),
        inputs(arguments=("--build-arg", "A=1")),
    ]
    agent.write({"uv.lock": "version = 1\n# other wheels\n"}).commit()
    found.append(inputs())
    assert len(set(found)) == 5


def test_arguments_for_docker_rule_out_a_builder_without_docker(registry, agent):
    request = build_request(agent.load(), TARGET, arguments=("--build-arg", "A=1"))
    with pytest.raises(BuildError, match="has no use for --build-arg A=1"):
        publish(request, registry, [Builder(registry)], say=lambda text: None)


def test_no_builder_is_so_much_as_looked_at_for_an_image_that_is_there(registry, agent):
    run(registry, agent, Builder(registry))

    def never():
        raise AssertionError("a builder was asked for")
        yield

    request = build_request(agent.load(), TARGET)
    assert publish(request, registry, never(), say=lambda text: None).reused
