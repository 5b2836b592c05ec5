from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_sandbox.cluster.command import SITE_PACKAGES
from langsmith_sandbox.cluster.errors import ClusterError
from langsmith_sandbox.cluster.image_builder import compress, push_image, tar
from langsmith_sandbox.cluster.images import RUNTIME_LABEL, ImageStore
from langsmith_sandbox.cluster.seed_images import PROGRAMS, agent_base, images

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.cluster.distribution import Distribution


@pytest.fixture
def python(tmp_path: Path) -> Path:
    """An environment with two distributions."""
    for name, version in (("LangGraph_API", "0.16.7"), ("zope.interface", "7.0")):
        folder = tmp_path / "venv/lib/python3.11/site-packages" / f"{name}-{version}.dist-info"
        folder.mkdir(parents=True)
        description = "# Long\n\nName: not-a-header\n"
        (folder / "METADATA").write_text(f"Metadata-Version: 2.4\nName: {name}\nVersion: {version}\n\n{description}")
        (folder / "entry_points.txt").write_text("[console_scripts]\n")
    return tmp_path / "venv/bin/python"


def test_the_base_tells_builders_what_it_ships(python: Path):
    files = agent_base(python).files
    assert files["api/constraints.txt"] == b"langgraph-api==0.16.7\nzope-interface==7.0\n"
    metadata = files[f"{SITE_PACKAGES}/LangGraph_API-0.16.7.dist-info/METADATA"]
    assert metadata == b"Metadata-Version: 2.4\nName: LangGraph_API\nVersion: 0.16.7\n"


def test_the_base_hides_no_plug_ins_of_the_environment_behind_it(python: Path):
    assert f"{SITE_PACKAGES}/zope.interface-7.0.dist-info/entry_points.txt" in agent_base(python).files


def test_the_agent_server_travels_inside_the_base(python: Path, distribution: Distribution, tmp_path: Path):
    base = agent_base(python)
    push_image(base, distribution)
    image, _ = ImageStore(tmp_path / "images", distribution).obtain("langchain/langgraph-api:3.11", None)
    assert image.runtime == "agent-server"
    script = image.root / image.config["Entrypoint"][1].lstrip("/")
    assert "langgraph_api.server:app" in script.read_text()


def test_the_base_is_there_for_every_platform_agents_may_be_built_for(python: Path, distribution: Distribution):
    digest = push_image(agent_base(python), distribution)
    body, _ = distribution._manifest("langchain/langgraph-api", digest, "base")
    found = {}
    for entry in json.loads(body)["manifests"]:
        _, manifest = distribution.resolve("langchain/langgraph-api", entry["digest"], shown="base")
        config = json.loads(distribution.blob("langchain/langgraph-api", manifest["config"]["digest"]))
        found[entry["platform"]["architecture"]] = config["architecture"]
    assert found == {"amd64": "amd64", "arm64": "arm64"}, "a builder picks by the index and checks the configuration"


def test_an_environment_without_distributions_is_refused(tmp_path: Path):
    with pytest.raises(ClusterError, match="is empty"):
        agent_base(tmp_path / "venv/bin/python")


def test_every_program_the_charts_ask_for_is_there_and_can_be_run(python: Path, distribution: Distribution):
    import importlib.util

    for image in images(python):
        push_image(image, distribution)
    for repository, tag, module in PROGRAMS:
        _, manifest = distribution.resolve(repository, tag, shown=repository)
        config = json.loads(distribution.blob(repository, manifest["config"]["digest"]))["config"]
        assert config["Entrypoint"] == ["python", "-m", module]
        assert config["Labels"] == {RUNTIME_LABEL: "sandbox"}
        assert importlib.util.find_spec(module) is not None, f"{repository} names a module that does not exist"


def test_seeding_again_uploads_nothing(python: Path, distribution: Distribution, registry: Any):
    first = [push_image(image, distribution) for image in images(python)]
    registry.requests.clear()
    assert [push_image(image, distribution) for image in images(python)] == first
    assert all(request.startswith("HEAD") for request in registry.requests)


def test_the_same_files_make_the_same_bytes_in_any_order_on_any_python():
    forwards, backwards = {"a": b"1", "b": b"2"}, {"b": b"2", "a": b"1"}
    assert tar(forwards) == tar(backwards)
    assert compress(tar(forwards))[9] == 255, "else the Python version would show in the digest"
