"""What the sandbox puts on PATH: the engine, helm, and plugins where the real ones cannot be had."""

from __future__ import annotations

import shlex
import sys
from typing import TYPE_CHECKING

from langsmith_sandbox.files import write_whole

if TYPE_CHECKING:
    from pathlib import Path

    from langsmith_sandbox.toolchain import Toolchain

LANGUAGE_HOST = "pulumi-language-python"
_DYNAMIC_PROVIDER = "pulumi-resource-pulumi-python"
_STAND_INS = {
    LANGUAGE_HOST: "langsmith_sandbox.providers.language_python",
    "pulumi-resource-aws": "langsmith_sandbox.providers.aws",
    "pulumi-resource-kubernetes": "langsmith_sandbox.providers.kubernetes",
}
# What a shell starts in the background ignores interrupts, and so does whatever that starts. The engine ends plugins by
# one, and gives them five seconds together: a plugin that ignores it makes those after it look as if they had crashed.
_INTERRUPTIBLE = (
    "import os, signal, sys; signal.signal(signal.SIGINT, signal.SIG_DFL); os.execv(sys.argv[1], sys.argv[1:])"
)


def install(tools: Toolchain, folder: Path) -> None:
    """Fill ``folder`` with launchers of ``tools``.

    The stand-in plugins are there only beside an engine that was built here: one of the user's own brings its language
    host and fetches the real providers, which must not be shadowed.
    """
    folder.mkdir(parents=True, exist_ok=True)
    links = {"pulumi": tools.pulumi, "helm": tools.helm}
    for name in (*_STAND_INS, _DYNAMIC_PROVIDER, *links):
        (folder / name).unlink(missing_ok=True)
    for name, target in links.items():
        (folder / name).symlink_to(target)
    if tools.plugins is not None:
        for name, module in _STAND_INS.items():
            _launch(folder / name, sys.executable, "-m", module)
        official = str(tools.plugins / _DYNAMIC_PROVIDER)
        _launch(folder / _DYNAMIC_PROVIDER, sys.executable, "-I", "-S", "-c", _INTERRUPTIBLE, official)


def _launch(file: Path, *command: str) -> None:
    write_whole(file, f'#!/bin/sh\nexec {shlex.join(command)} "$@"\n', mode=0o755)


def own_engine(folder: Path) -> bool:
    """True when the engine that ``folder`` launches was built here, so that plugins must not be fetched."""
    return (folder / LANGUAGE_HOST).exists()
