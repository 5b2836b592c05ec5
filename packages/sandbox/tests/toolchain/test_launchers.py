"""What the sandbox puts on PATH, depending on whose engine it is."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from langsmith_sandbox.toolchain import Toolchain
from langsmith_sandbox.toolchain.launchers import install, own_engine


def tools_in(folder: Path, *, built: bool) -> Toolchain:
    folder.mkdir(exist_ok=True)
    for name in ("pulumi", "helm", "registry", "pulumi-resource-pulumi-python"):
        (folder / name).touch(mode=0o755)
    return Toolchain(
        pulumi=folder / "pulumi",
        helm=folder / "helm",
        registry=folder / "registry",
        kubernetes=folder,
        agent_server_python=Path(sys.executable),
        plugins=folder if built else None,
    )


def test_an_engine_built_here_gets_its_language_host_and_the_stand_in_providers(tmp_path: Path) -> None:
    install(tools_in(tmp_path / "tools", built=True), tmp_path / "bin")
    names = sorted(os.listdir(tmp_path / "bin"))
    assert names == [
        "helm",
        "pulumi",
        "pulumi-language-python",
        "pulumi-resource-aws",
        "pulumi-resource-kubernetes",
        "pulumi-resource-pulumi-python",
    ]
    assert own_engine(tmp_path / "bin")


def test_an_engine_of_the_users_own_keeps_the_real_plugins(tmp_path: Path) -> None:
    install(tools_in(tmp_path / "tools", built=True), tmp_path / "bin")
    install(tools_in(tmp_path / "tools", built=False), tmp_path / "bin")
    assert sorted(os.listdir(tmp_path / "bin")) == ["helm", "pulumi"], "a stand-in left behind would shadow a real one"
    assert not own_engine(tmp_path / "bin")


@pytest.mark.parametrize("plugin", ["pulumi-language-python", "pulumi-resource-aws", "pulumi-resource-kubernetes"])
def test_each_stand_in_leads_to_a_module_that_exists(tmp_path: Path, plugin: str) -> None:
    install(tools_in(tmp_path / "tools", built=True), tmp_path / "bin")
    module = (tmp_path / "bin" / plugin).read_text().split(" -m ")[1].split()[0]
    found = subprocess.run(
        [sys.executable, "-c", f"import importlib.util as u, sys; sys.exit(u.find_spec({module!r}) is None)"],
        check=False,
        timeout=60,
    )
    assert found.returncode == 0, f"{module} does not exist"


def test_a_plugin_can_be_interrupted_even_where_its_shell_cannot(tmp_path: Path) -> None:
    install(tools_in(tmp_path / "tools", built=True), tmp_path / "bin")
    asked = "import signal, sys; print(signal.getsignal(signal.SIGINT) is signal.default_int_handler, sys.argv[1:])"
    plugin = tmp_path / "tools" / "pulumi-resource-pulumi-python"
    plugin.write_text(f'#!/bin/sh\nexec "{sys.executable}" -c "{asked}" "$@"\n')
    launcher = tmp_path / "bin" / "pulumi-resource-pulumi-python"
    done = subprocess.run(
        ["sh", "-c", f"trap '' INT; exec {launcher} 127.0.0.1:1"],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    assert done.stdout.strip() == "True ['127.0.0.1:1']"
