"""Images made without a daemon."""

from __future__ import annotations

import dataclasses
import gzip
import json
import os
import tarfile
import time
from pathlib import PurePosixPath

import pytest

from langsmith_client.errors import BuildError
from langsmith_client.image import layers
from langsmith_client.image.layer import write_layer
from langsmith_client.image.layers import LayersBuilder
from langsmith_client.image.publish import build_request
from langsmith_client.image_reference import ImageReference, Repository, parse_repository
from langsmith_client.manifest import OCI_INDEX, Manifest

WITH_EXTRA = '[project]\nname = "greeter"\nversion = "1.2.0"\ndependencies = ["extra", "shipped"]\n'
TARGET = parse_repository("127.0.0.1:5000/team/greeter")


@pytest.fixture
def build(registry, push_base, make_wheel, tmp_path):
    push_base({"shipped": "1.0"})
    make_wheel("shipped", "1.0")
    make_wheel("extra", "1.0")

    def make(agent, repository=TARGET, cache="cache", said=None):
        request = build_request(agent.load(), repository)
        say = (said if said is not None else []).append
        digest = LayersBuilder(registry, tmp_path / cache).publish(request, say)
        manifest = registry.manifest(request.image)
        assert manifest.digest == digest
        config = json.loads(registry.blob(repository, manifest.values["config"]["digest"]))
        return digest, manifest.values, config

    return make


@pytest.fixture
def extra_agent(make_agent):
    return make_agent(files={"pyproject.toml": WITH_EXTRA})


def test_the_image_is_the_base_plus_a_dependency_and_a_source_layer(build, extra_agent, server, read_layer):
    _, manifest, config = build(extra_agent)
    base, dependencies, source = [
        read_layer(server.blobs["team/greeter", layer["digest"]]) for layer in manifest["layers"]
    ]
    assert "api/constraints.txt" in base
    assert "usr/local/lib/python3.11/site-packages/extra/__init__.py" in dependencies
    assert "deps/greeter/greeter/graph.py" in source
    assert len(config["rootfs"]["diff_ids"]) == 3
    assert {layer["mediaType"] for layer in manifest["layers"]} == {"application/vnd.oci.image.layer.v1.tar+gzip"}


def test_the_server_in_the_image_is_told_what_to_serve_and_where_to_import_from(build, extra_agent):
    _, _, config = build(extra_agent)
    env = dict(line.split("=", 1) for line in config["config"]["Env"])
    assert json.loads(env["LANGSERVE_GRAPHS"]) == {"greeter": "/deps/greeter/greeter/graph.py:graph"}
    assert (env["PYTHONPATH"], env["PORT"]) == ("/deps/greeter", "8000"), "what the base sets stays"
    assert config["config"]["WorkingDir"] == "/deps/greeter"
    assert config["config"]["Entrypoint"] == ["python"]


def test_the_labels_name_commit_version_and_base(build, extra_agent, registry):
    extra_agent.git("remote", "add", "origin", "git@github.com:acme/agents.git")
    _, _, config = build(extra_agent)
    labels = config["config"]["Labels"]
    prefix = "org.opencontainers.image"
    assert labels["kept"] == "yes"
    assert labels[f"{prefix}.revision"] == extra_agent.git("rev-parse", "HEAD")
    assert labels[f"{prefix}.version"] == "1.2.0"
    assert labels[f"{prefix}.source"] == "https://github.com/acme/agents"
    assert labels[f"{prefix}.created"] == "2026-01-02T03:04:05Z", "the commit's time, not the build's"
    assert labels[f"{prefix}.base.name"] == "docker.io/langchain/langgraph-api:3.11"
    base = ImageReference(Repository("127.0.0.1:5000", "langchain/langgraph-api"), "3.11")
    assert labels[f"{prefix}.base.digest"] == registry.digest(base)
    assert labels["com.langsmith-client.dirty"] == "false"


def test_the_same_commit_has_the_same_digest_from_another_folder_day_user_and_cache(
    build, extra_agent, tmp_path, monkeypatch
):
    first, _, _ = build(extra_agent)
    clone = tmp_path / "deep" / "elsewhere"
    before = os.umask(0o077)
    try:
        extra_agent.git("clone", "--quiet", str(extra_agent.folder), str(clone))
        for path in clone.rglob("*"):
            if ".git" not in path.parts:
                os.utime(path, (1, 1))
        monkeypatch.setenv("SOURCE_DATE_EPOCH", "86400")
        monkeypatch.setenv("TZ", "Pacific/Auckland")
        monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache-of-another-day"))
        time.tzset()
        second, _, _ = build(
            dataclasses.replace(extra_agent, folder=clone), parse_repository("127.0.0.1:5000/other"), "other-cache"
        )
    finally:
        os.umask(before)
        monkeypatch.undo()
        time.tzset()
    assert second == first


def test_an_image_for_another_platform_is_made_of_that_platforms_base_and_wheels(
    registry, push_base, make_wheel, make_agent, server, read_layer, tmp_path
):
    base = push_base({}, tag="amd64")
    other = push_base({}, tag="arm64", architecture="arm64")
    entries = [
        {"digest": registry.digest(each), "platform": {"os": "linux", "architecture": each.reference}}
        for each in (base, other)
    ]
    index = Manifest(json.dumps({"schemaVersion": 2, "manifests": entries}).encode(), OCI_INDEX)
    registry.put_manifest(dataclasses.replace(base, reference="3.11"), index)
    for machine in ("x86_64", "aarch64"):
        make_wheel("native", "1.0", tag=f"cp311-cp311-manylinux_2_28_{machine}", files={"native/for.txt": machine})
    agent = make_agent(
        files={"pyproject.toml": '[project]\nname = "greeter"\nversion = "1"\ndependencies = ["native"]\n'}
    )
    request = build_request(agent.load(), TARGET, "linux/arm64")
    digest = LayersBuilder(registry, tmp_path / "cache").publish(request, lambda text: None)
    manifest = registry.manifest(ImageReference(TARGET, digest)).values
    config = json.loads(registry.blob(TARGET, manifest["config"]["digest"]))
    assert (config["os"], config["architecture"]) == ("linux", "arm64")
    assert config["config"]["Labels"]["org.opencontainers.image.base.digest"] == registry.digest(other)
    packages = gzip.decompress(server.blobs["team/greeter", manifest["layers"][1]["digest"]])
    assert b"aarch64" in packages
    assert b"x86_64" not in packages
    assert request.image.reference.endswith("-arm64"), "one commit, two images"


def test_a_build_without_a_push_has_the_digest_a_push_would_give(build, registry, extra_agent, server, tmp_path):
    request = build_request(extra_agent.load(), TARGET)
    builder = LayersBuilder(registry, tmp_path / "cache")
    server.requests.clear()
    built = builder.build(request, tmp_path / "image.tar", lambda text: None)
    assert builder.build(request, None, lambda text: None).digest == built.digest
    assert server.writes() == []
    digest, _, _ = build(extra_agent)
    assert built.digest == digest
    with tarfile.open(tmp_path / "image.tar") as tar:
        assert f"blobs/{digest.replace(':', '/')}" in tar.getnames()


def test_one_changed_line_uploads_one_source_layer_and_a_configuration(build, extra_agent, server):
    _, before, _ = build(extra_agent)
    extra_agent.write({"greeter/graph.py": "graph = 2\n"}).commit()
    server.requests.clear()
    _, after, _ = build(extra_agent)
    assert after["layers"][:2] == before["layers"][:2]
    assert after["layers"][2] != before["layers"][2]
    assert len([line for line in server.requests if line.startswith("PUT /v2/team/greeter/blobs")]) == 2


def test_the_layers_of_a_base_in_the_same_registry_are_mounted(build, extra_agent, server):
    said: list[str] = []
    build(extra_agent, said=said)
    assert not any("copying" in line for line in said)
    assert not any(line.startswith("GET /v2/langchain/langgraph-api/blobs") for line in server.requests[-8:])


def test_the_layers_of_a_base_in_another_registry_are_copied(build, extra_agent, server):
    said: list[str] = []
    build(extra_agent, parse_repository("localhost:7000/team/greeter"), said=said)
    assert any("copying a layer of the base" in line for line in said)


def test_an_agent_that_needs_nothing_more_has_no_dependency_layer(build, agent):
    said: list[str] = []
    _, manifest, _ = build(agent, said=said)
    assert len(manifest["layers"]) == 2
    assert "the base image ships every dependency" in said


def test_a_secret_beside_the_code_is_not_in_the_image(build, extra_agent, server):
    extra_agent.write({".env": "OPENAI_API_KEY=canary-secret\n"})
    build(extra_agent)
    for content in server.blobs.values():
        plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
        assert b"canary-secret" not in plain


def test_a_failed_push_leaves_no_tag_behind(build, extra_agent, server):
    import httpx2

    server.hook = lambda request: httpx2.Response(400) if request.method == "PUT" else None
    with pytest.raises(Exception, match="400"):
        build(extra_agent)
    assert ("team/greeter", extra_agent.load().version) not in server.manifests
    assert not any(name == "team/greeter" for name, _ in server.manifests)


@pytest.mark.parametrize(
    ("files", "reason"),
    [
        (
            {"langgraph.json": '{"dependencies": ["."], "graphs": {"a": "b:c"}, "dockerfile_lines": ["RUN x"]}'},
            "dockerfile_lines",
        ),
        ({"langgraph.json": '{"dependencies": ["."], "graphs": {"a": "b:c"}, "api_version": "~=0.8"}'}, "api_version"),
        ({"pyproject.toml": '[project]\nname = "greeter"\nversion = "1"\ndynamic = ["dependencies"]\n'}, "setup code"),
    ],
)
def test_what_this_builder_cannot_do_is_said_before_anything_is_built(make_agent, registry, tmp_path, files, reason):
    obstacle = LayersBuilder(registry, tmp_path).obstacle(make_agent(files=files).load())
    assert obstacle is not None
    assert reason in obstacle


def test_a_base_that_is_missing_is_a_build_error(agent, registry, tmp_path):
    with pytest.raises(BuildError, match="base image"):
        LayersBuilder(registry, tmp_path).publish(build_request(agent.load(), TARGET), lambda text: None)


def test_files_that_change_under_the_builder_end_it_before_anything_gets_the_tag(
    registry, push_base, agent, server, tmp_path, monkeypatch
):
    push_base({})
    request = build_request(agent.load(), TARGET)

    def meanwhile(*arguments):
        agent.write({"greeter/graph.py": "graph = 'saved a moment too late'\n"})
        return write_layer(*arguments[:2], owned=PurePosixPath("/deps"), comment="x")

    monkeypatch.setattr(layers, "source_layer", lambda project, path: meanwhile((), path))
    with pytest.raises(BuildError, match="changed while its image was built"):
        LayersBuilder(registry, tmp_path / "cache").publish(request, lambda text: None)
    assert not any(name == TARGET.path for name, _ in server.manifests)


def test_a_base_images_commit_is_never_taken_for_the_agents(registry, push_base, make_agent, tmp_path):
    prefix = "org.opencontainers.image"
    theirs = {f"{prefix}.revision": "f" * 40, f"{prefix}.source": "https://github.com/langchain-ai/server"}
    push_base({}, config={"Labels": theirs})
    request = build_request(make_agent(git=False).load(), TARGET)
    digest = LayersBuilder(registry, tmp_path / "cache").publish(request, lambda text: None)
    manifest = registry.manifest(ImageReference(TARGET, digest)).values
    labels = json.loads(registry.blob(TARGET, manifest["config"]["digest"]))["config"]["Labels"]
    assert (labels[f"{prefix}.revision"], labels[f"{prefix}.source"]) == ("", "")
