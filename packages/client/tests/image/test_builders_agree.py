"""Both builders serve the same graphs: what docker's Dockerfile puts where, and what the layers hold, compared.

A RUN line needs an engine and is left out: what those of langgraph-cli install, the dependency layer holds, and what
they write about the agent's own packages, the source layer. The end-to-end story runs one agent of each with an engine.
"""

from __future__ import annotations

import json
import re
import tarfile
import tempfile
from pathlib import Path, PurePosixPath

import pytest

from langsmith_client.image.dockerfile import dockerfile_for
from langsmith_client.image.layers import LayersBuilder
from langsmith_client.image.publish import build_request
from langsmith_client.image.staging import stage
from langsmith_client.image_reference import ImageReference, parse_repository

TARGET = parse_repository("127.0.0.1:5000/team/greeter")
GRAPH = {"greeter": "./greeter/graph.py:graph"}
LAYOUTS = {
    "one package": {},
    "a package in src": {
        "langgraph.json": json.dumps({"dependencies": ["."], "graphs": {"greeter": "./src/greeter/graph.py:graph"}}),
        "src/greeter/graph.py": "graph = 1\n",
    },
    "packages and folders": {
        "langgraph.json": json.dumps({"dependencies": [".", "./flat", "./tools"], "graphs": GRAPH}),
        "flat/__init__.py": "",
        "tools/search/x.py": "x = 1\n",
        "tools/run.sh": "#!/bin/sh\n",
    },
    "folders alone": {
        "langgraph.json": json.dumps({"dependencies": ["./tools"], "graphs": {"t": "./tools/search/x.py:x"}}),
        "tools/search/x.py": "x = 1\n",
    },
    "everything a server can be told": {
        "langgraph.json": json.dumps(
            {
                "dependencies": ["."],
                "graphs": {**GRAPH, "other": {"path": "./greeter/graph.py:graph", "description": "d"}},
                "auth": {"path": "./greeter/graph.py:auth"},
                "http": {"app": "./greeter/graph.py:app"},
                "store": {"index": {"dims": 3}},
            }
        )
    },
}


def from_dockerfile(project) -> tuple[dict[str, bytes], dict[str, str], str]:
    """Files by place, variables and working folder, as the Dockerfile's ADD, COPY, ENV and WORKDIR lines have them."""
    with tempfile.TemporaryDirectory() as folder:
        config = stage(project, Path(folder) / "context")
        dockerfile, contexts = dockerfile_for(config, project)
        files: dict[str, bytes] = {}
        variables: dict[str, str] = {}
        working = "/"
        for line in dockerfile.splitlines():
            if added := re.fullmatch(r"(?:ADD|COPY)(?: --from=(\S+))? (\S+) (\S+)", line):
                source = Path(contexts[added[1]]) if added[1] else config.parent / added[2]
                for path in source.rglob("*"):
                    if path.is_file():
                        files[str(PurePosixPath(added[3]) / path.relative_to(source))] = path.read_bytes()
            elif line.startswith("ENV "):
                name, _, value = line.removeprefix("ENV ").partition("=")
                variables[name] = value.strip("'")
            elif line.startswith("WORKDIR "):
                working = line.removeprefix("WORKDIR ")
    return files, variables, working


def from_layers(project, registry, cache, server) -> tuple[dict[str, bytes], dict[str, str], str]:
    """The same of the image that the layers make."""
    request = build_request(project, TARGET)
    digest = LayersBuilder(registry, cache).publish(request, lambda text: None)
    manifest = registry.manifest(ImageReference(TARGET, digest)).values
    config = json.loads(registry.blob(TARGET, manifest["config"]["digest"]))["config"]
    layer = cache / "source.tar.gz"
    layer.write_bytes(server.blobs[TARGET.path, manifest["layers"][-1]["digest"]])
    with tarfile.open(layer) as tar:
        found = {f"/{member.name}": tar.extractfile(member) for member in tar if member.isfile()}
        files = {place: file.read() for place, file in found.items() if file and ".dist-info/" not in place}
    return files, dict(line.split("=", 1) for line in config["Env"]), config.get("WorkingDir", "/")


@pytest.mark.parametrize("layout", LAYOUTS)
def test_both_builders_put_the_same_files_in_the_same_places_and_serve_the_same(
    layout, make_agent, registry, push_base, server, tmp_path
):
    push_base({})
    project = make_agent(files=LAYOUTS[layout]).load()
    files, variables, working = from_dockerfile(project)
    ours, env, our_working = from_layers(project, registry, tmp_path / "cache", server)
    assert ours == files
    assert {name: json.loads(env[name]) for name in variables} == {
        name: json.loads(value) for name, value in variables.items()
    }
    assert our_working == working
    for reference in json.loads(env["LANGSERVE_GRAPHS"]).values():
        path = reference["path"] if isinstance(reference, dict) else reference
        assert path.partition(":")[0] in ours, "what is served is there"


def test_a_folder_beside_the_agent_goes_to_the_same_place_whatever_this_clone_is_called(
    make_agent, registry, push_base, server, tmp_path
):
    push_base({})
    config = {"dependencies": [".", "../lib"], "graphs": GRAPH}
    agent = make_agent("checkout-of-today", files={"langgraph.json": json.dumps(config)})
    (tmp_path / "lib" / "lib").mkdir(parents=True)
    (tmp_path / "lib" / "lib" / "help.py").write_text("x = 1\n", encoding="utf-8")
    (tmp_path / "lib" / "pyproject.toml").write_text('[project]\nname = "lib"\nversion = "1"\n', encoding="utf-8")
    project = agent.load()
    files, _, working = from_dockerfile(project)
    ours, _, our_working = from_layers(project, registry, tmp_path / "cache", server)
    assert ours == files
    assert working == our_working == "/deps/greeter"
    assert "/deps/lib/lib/help.py" in ours
