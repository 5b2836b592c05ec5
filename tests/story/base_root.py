"""A base image that commands can run in, made of this machine's own programs: no registry and no root is asked for any.

The sandbox's stand-in of the Agent Server's image holds what builders read and nothing that runs. This is the same
image with a file system below it: a shell, Python, pip and uv, in the places where the real one has them.
"""

from __future__ import annotations

import ensurepip
import io
import re
import shutil
import ssl
import subprocess
import sys
import sysconfig
import tarfile
import tempfile
from collections.abc import Iterable
from pathlib import Path

import httpx2
from uv import find_uv_bin

from langsmith_sandbox.cluster.distribution import (
    NODE_PLATFORM,
    OCI_CONFIG,
    OCI_LAYER,
    OCI_MANIFEST,
    Distribution,
    canonical_json,
    sha256,
)
from langsmith_sandbox.cluster.image_builder import ImageSpec
from langsmith_sandbox.cluster.images import RUNTIME_LABEL

# What the RUN lines of langgraph-cli call; their shell has the rest built in.
_TOOLS = ("sh", "mkdir", "touch", "rm", "find")
# Folders of the standard library that are large and that no installer imports.
_LEFT_OUT = ("site-packages", "test", "tests", "idlelib", "tkinter", "lib2to3", "turtledemo", "config-*", "*.opt-?.pyc")
_LIBRARY = re.compile(r"(?:=> |^\s*)(/\S+) \(0x", re.MULTILINE)
_TIMEOUT = 60.0  # seconds, for a layer of more than 100 MB
_PLAIN_LAYER = OCI_LAYER.removesuffix("+gzip")
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


def push_runnable(base: ImageSpec, registry: str, tag: str) -> str:
    """Push `base` with a file system below it to ``host:port``; returns its repository and tag."""
    with tempfile.TemporaryDirectory(prefix="base-") as folder:
        _lay_out(base, Path(folder))
        layer = _packed(Path(folder))
    config = canonical_json(
        {
            **dict(zip(("os", "architecture"), NODE_PLATFORM, strict=True)),
            "config": {
                "Entrypoint": list(base.entrypoint),
                "Env": [f"{name}={value}" for name, value in base.env.items()],
                "Labels": {RUNTIME_LABEL: base.runtime},
            },
            "rootfs": {"type": "layers", "diff_ids": [sha256(layer)]},
        }
    )
    with httpx2.Client(base_url=f"http://{registry}", timeout=_TIMEOUT, trust_env=False) as http:
        distribution = Distribution(registry, http=http)
        manifest = {
            "schemaVersion": 2,
            "mediaType": OCI_MANIFEST,
            "config": {**distribution.push_blob(base.repository, config), "mediaType": OCI_CONFIG},
            "layers": [{**distribution.push_blob(base.repository, layer), "mediaType": _PLAIN_LAYER}],
        }
        distribution.push_manifest(base.repository, tag, manifest)
    return f"{base.repository}:{tag}"


def _lay_out(base: ImageSpec, root: Path) -> None:
    """Fill the empty folder `root` with the files of `base` and the programs that commands in it call."""
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
    (root / "tmp").mkdir()


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
        shutil.unpack_archive(wheel, library / "site-packages", "zip")
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


def _packed(root: Path) -> bytes:
    """The file system as a layer that is not compressed: nobody keeps it, and packing would be most of the work."""

    def of_root(member: tarfile.TarInfo) -> tarfile.TarInfo:
        member.uid = member.gid = 0
        member.uname = member.gname = ""
        return member

    with io.BytesIO() as buffer:
        with tarfile.open(fileobj=buffer, mode="w") as archive:
            archive.add(root, arcname=".", filter=of_root)
        return buffer.getvalue()
