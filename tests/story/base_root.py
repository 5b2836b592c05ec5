"""A base image that commands can run in, made of this machine's own programs: no registry and no root is asked for any.

The sandbox's stand-in of the Agent Server's image holds what builders read and nothing that runs. This is the same
image with a file system below it: a shell, Python, pip and uv, in the places where the real one has them.
"""

from __future__ import annotations

import ensurepip
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
import zipfile
from collections.abc import Iterable
from pathlib import Path

from uv import find_uv_bin

from langsmith_sandbox.cluster.image_builder import ImageSpec
from langsmith_sandbox.cluster.images import RUNTIME_LABEL

# What the RUN lines of langgraph-cli call; their shell has the rest built in.
_TOOLS = ("sh", "mkdir", "touch", "rm", "find")
# Folders of the standard library that are large and that no installer imports.
_LEFT_OUT = ("site-packages", "test", "tests", "idlelib", "tkinter", "lib2to3", "turtledemo", "config-*", "*.opt-?.pyc")
_LIBRARY = re.compile(r"(?:=> |^\s*)(/\S+) \(0x", re.MULTILINE)
# Most systems have these folders as links; a library is found by the name under which a program asks for it.
_MERGED = ("bin", "lib", "lib64", "sbin")
_SERVER = """\
[project]
name = "langgraph-api"
version = "{version}"
[build-system]
requires = ["hatchling"]
build-backend = "hatchling.build"
[tool.hatch.build.targets.wheel]
packages = ["langgraph_api", "langgraph_runtime", "langgraph_license"]
"""


def lay_out(base: ImageSpec, root: Path) -> str:
    """Fill the empty folder `root` with the file system of `base` and what runs in it; returns its Dockerfile."""
    for name in _MERGED:
        (root / "usr" / name).mkdir(parents=True)
        (root / name).symlink_to(f"usr/{name}")
    programs = [_copy(_tool(name), root / "usr" / "bin" / name) for name in _TOOLS]
    uv = Path(find_uv_bin())
    programs += [_copy(uv.with_name(name), root / "usr" / "bin" / name) for name in ("uv", "uvx")]
    programs += _python(root / "usr" / "local")
    for library in _libraries(programs):
        _copy(library, root / library.relative_to("/"))
    for name, content in {**base.files, **_settings(base)}.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)
    (root / "tmp").mkdir(mode=0o777)
    return _dockerfile(base)


def _tool(name: str) -> Path:
    found = shutil.which(name)
    assert found, f"this machine has no {name}"
    return Path(found).resolve()


def _copy(source: Path, to: Path) -> Path:
    to.parent.mkdir(parents=True, exist_ok=True)
    shutil.copyfile(source, to)
    to.chmod(0o755)
    return source


def _python(prefix: Path) -> list[Path]:
    """Put this machine's Python, and the pip it comes with, below `prefix`; returns what of it is linked to libraries.

    It finds its standard library from where it lies, so that it can be put anywhere.
    """
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    library, own = prefix / "lib" / version, Path(sysconfig.get_path("stdlib"))
    shutil.copytree(own, library, ignore=shutil.ignore_patterns(*_LEFT_OUT))
    program = _copy(Path(sys.executable).resolve(), prefix / "bin" / version)
    for name in ("python", "python3"):
        (prefix / "bin" / name).symlink_to(version)
    installed = list((own / "site-packages").glob("pip*"))  # compiled already, which saves seconds
    for folder in installed:
        shutil.copytree(folder, library / "site-packages" / folder.name)
    if not installed:
        (wheel,) = (Path(ensurepip.__file__).parent / "_bundled").glob("pip-*.whl")
        with zipfile.ZipFile(wheel) as pip:
            pip.extractall(library / "site-packages")
    script = prefix / "bin" / "pip"
    script.write_text("#!/usr/local/bin/python\nfrom pip._internal.cli.main import main\nraise SystemExit(main())\n")
    script.chmod(0o755)
    return [program, *own.glob("lib-dynload/*.so")]


def _libraries(programs: Iterable[Path]) -> set[Path]:
    """The shared libraries of `programs`, where they expect them."""
    said = subprocess.run(["ldd", *map(str, programs)], capture_output=True, text=True, check=False)
    return {Path(found) for found in _LIBRARY.findall(said.stdout)}


def _settings(base: ImageSpec) -> dict[str, bytes]:
    shipped = [name.removesuffix("METADATA") for name in base.files if name.endswith(".dist-info/METADATA")]
    (version,) = (found[1] for name in shipped if (found := re.search(r"/langgraph_api-(.+)\.dist-info/$", name)))
    certificates = ssl.get_default_verify_paths()
    return {
        # Only a distribution that says which files are its own can be replaced, as the server is in every image.
        **{f"{folder}RECORD": f"{Path(folder).name}/METADATA,,\n".encode() for folder in shipped},
        "api/pyproject.toml": _SERVER.format(version=version).encode(),
        "etc/nsswitch.conf": b"hosts: files dns\n",
        "etc/passwd": b"root:x:0:0:root:/root:/bin/sh\n",
        # What this machine trusts, which is more than uv brings where a proxy looks into connections.
        "etc/ssl/certs/ca-certificates.crt": Path(certificates.cafile or certificates.openssl_cafile).read_bytes(),
        "etc/uv/uv.toml": b"native-tls = true\n",
    }


def _dockerfile(base: ImageSpec) -> str:
    lines = ["FROM scratch", "COPY . /"]
    lines += [f"ENV {name}={value}" for name, value in base.env.items()]
    lines.append(f"LABEL {RUNTIME_LABEL}={base.runtime}")
    words = ", ".join(f'"{word}"' for word in base.entrypoint)
    return "\n".join([*lines, f"ENTRYPOINT [{words}]", ""])
