"""Making every tool ready: what is missing is built, Go modules one after another, Python beside them."""

from __future__ import annotations

import contextlib
import dataclasses
import shutil
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Self

from langsmith_sandbox.progress import Progress, for_stream

from . import agent_server, ambient, go, store
from .recipe import HELM, KUBERNETES, PULUMI, REGISTRY, GoRecipe
from .sources import find_sources

_SDK = "github.com/pulumi/pulumi/sdk/v3"
_DYNAMIC_PROVIDER = "pulumi-resource-pulumi-python"


@dataclasses.dataclass(frozen=True)
class Toolchain:
    """Where the tools are.

    Attributes:
        pulumi: The engine's CLI.
        helm: Helm 3.
        registry: The image registry.
        kubernetes: Folder with ``etcd``, ``kube-apiserver`` and ``kube-controller-manager``.
        agent_server_python: Python of an environment that holds ``langgraph-api``.
        plugins: Folder with ``pulumi-resource-pulumi-python`` when the engine was built here; None when the one on
            PATH is used, which brings its own plugins and can fetch the real providers.
    """

    pulumi: Path
    helm: Path
    registry: Path
    kubernetes: Path
    agent_server_python: Path
    plugins: Path | None


@dataclasses.dataclass(frozen=True)
class Workshop:
    """Where tools come from, where they go, and who is told."""

    sources: Path
    root: Path
    progress: Progress
    uv: str | None = None

    @classmethod
    def of(cls, progress: Progress | None, sources: Path | None, root: Path | None, uv: str | None = None) -> Self:
        """The one of the user and of this clone, but for what is given; errors as those of ``find_sources``."""
        return cls(sources or find_sources(), root or store.cache_root(), progress or for_stream(), uv)

    @property
    def builds(self) -> Path:
        """The folder of finished builds."""
        return self.root / "toolchain"

    def log(self, tool: str) -> Path:
        """Where the output of a build goes."""
        return self.root / "logs" / f"build-{tool}.log"

    def obtain(self, tool: str, slot: str, build: Callable[[Path], None]) -> Path:
        """The finished folder ``slot``, made by ``build`` if it is not there."""

        def told(into: Path) -> None:
            with self.progress.step(tool, "building, this happens once"):
                build(into)

        def waiting() -> None:
            self.progress.say(f"{tool}: another process is building it, waiting for that one")

        return store.obtain(self.builds, slot, told, waiting=waiting)


def ensure(
    progress: Progress | None = None,
    *,
    sources: Path | None = None,
    root: Path | None = None,
    uv: str | None = None,
) -> Toolchain:
    """All tools, building what is missing: about ten minutes on two cores the first time, a blink later.

    Args:
        progress: Who is told; a display on standard error unless given.
        sources: The ``toolchain/`` folder; found from the working folder unless given.
        root: The cache; the user's unless given.
        uv: The uv that installs the agent server; the one this package depends on unless given.

    Raises:
        ToolchainError: Something is missing that cannot be built here.
    """
    shop = Workshop.of(progress, sources, root, uv)
    with contextlib.ExitStack() as stack:
        beside = stack.enter_context(ThreadPoolExecutor(1))
        environment = beside.submit(_agent_server, shop)
        # The compiler uses every core by itself: two builds at once would only take more memory.
        kubernetes = built(shop, KUBERNETES)
        pulumi = ambient.good_pulumi(shop.root)
        plugins = None
        if pulumi is None:
            plugins = built(shop, PULUMI, finish=_add_dynamic_provider)
            pulumi = plugins / "pulumi"
        registry = built(shop, REGISTRY) / "registry"
        helm = ambient.good_helm(shop.root) or built(shop, HELM) / "helm"
        return Toolchain(pulumi, helm, registry, kubernetes, environment.result(), plugins)


Finish = Callable[[Workshop, Path, Path], None]


def built(shop: Workshop, recipe: GoRecipe, finish: Finish = lambda _shop, _go, _into: None) -> Path:
    """The folder with what ``recipe`` builds; ``finish`` adds to it before it gets its final name."""
    compiler = go.find_go(recipe.name)
    module = shop.sources / recipe.name

    def build(into: Path) -> None:
        go.build(recipe, compiler, module, into, shop.log(recipe.name))
        finish(shop, compiler, into)

    return shop.obtain(recipe.name, recipe.slot(module, go.go_version(compiler, module)), build)


def _add_dynamic_provider(shop: Workshop, compiler: Path, into: Path) -> None:
    """Dynamic resources run through a script that the engine expects beside itself; the SDK's module carries it."""
    source = go.module_folder(compiler, shop.sources / PULUMI.name, _SDK, shop.log(PULUMI.name))
    script = into / _DYNAMIC_PROVIDER
    shutil.copyfile(source / "python" / "dist" / _DYNAMIC_PROVIDER, script)
    script.chmod(0o755)


def _agent_server(shop: Workshop) -> Path:
    project = shop.sources / "agent-server"
    folder = shop.obtain(
        "agent-server",
        agent_server.slot(project),
        lambda into: agent_server.build(project, into, shop.log("agent-server"), uv=shop.uv),
    )
    return folder / "bin" / "python"
