"""A build's key changes with everything that decides the binary, and with nothing else."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import pytest

from langsmith_sandbox.toolchain.recipe import BUILDKIT, HELM, KUBERNETES, PULUMI, REGISTRY, GoRecipe
from langsmith_sandbox.toolchain.sources import find_sources


@pytest.fixture
def module(tmp_path: Path) -> Path:
    (tmp_path / "go.mod").write_text("module m")
    (tmp_path / "go.sum").write_text("pins")
    return tmp_path


@pytest.mark.parametrize("source", ["go.mod", "go.sum", "main.go"])
def test_each_source_file_is_part_of_the_key(module: Path, source: str) -> None:
    before = PULUMI.slot(module, "go1.26.8")
    (module / source).write_text("changed")
    assert PULUMI.slot(module, "go1.26.8") != before


@pytest.mark.parametrize("change", [{"flags": ("-race",)}, {"env": {"CGO_ENABLED": "1"}}, {"links": ("alias",)}])
def test_the_way_of_building_is_part_of_the_key(module: Path, change: dict[str, object]) -> None:
    assert dataclasses.replace(PULUMI, **change).slot(module, "go1.26.8") != PULUMI.slot(module, "go1.26.8")


def test_the_compilers_release_is_part_of_the_key(module: Path) -> None:
    assert PULUMI.slot(module, "go1.26.8") != PULUMI.slot(module, "go1.26.9")


def test_a_file_that_decides_nothing_is_not_part_of_the_key(module: Path) -> None:
    before = PULUMI.slot(module, "go1.26.8")
    (module / "README.md").write_text("words")
    assert PULUMI.slot(module, "go1.26.8") == before


@pytest.mark.parametrize(
    ("recipe", "path"),
    [
        (PULUMI, "github.com/pulumi/pulumi/pkg/v3"),
        (KUBERNETES, "k8s.io/kubernetes"),
        (REGISTRY, "github.com/distribution/distribution/v3"),
        (HELM, "helm.sh/helm/v3"),
        (BUILDKIT, "github.com/moby/buildkit"),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_the_version_a_recipe_announces_is_the_one_its_module_pins(recipe: GoRecipe, path: str) -> None:
    pins = (find_sources(Path(__file__).parent) / recipe.name / "go.mod").read_text()
    assert f"{path} v{recipe.version}" in pins
