"""Packages in editable form are found as the image's own Python would find them."""

from __future__ import annotations

from pathlib import Path

import pytest

from langsmith_sandbox.cluster.editable import editable_folders

FINDER = """\
from __future__ import annotations
MAPPING: dict[str, str] = {'greeter': '/deps/greeter/greeter', 'tool': '/deps/greeter/tool'}
NAMESPACES: dict[str, list[str]] = {}
"""


@pytest.mark.parametrize(
    ("files", "folders"),
    [
        pytest.param({"_greeter.pth": "/deps/greeter"}, ["/deps/greeter"], id="hatchling"),
        pytest.param({"__editable__.lib-1.pth": "/deps/lib/src\n"}, ["/deps/lib/src"], id="setuptools, src layout"),
        pytest.param(
            {
                "__editable__.greeter-1.pth": "import __editable___greeter_1_finder; install()",
                "__editable___greeter_1_finder.py": FINDER,
            },
            ["/deps/greeter"],
            id="setuptools, flat layout",
        ),
        pytest.param(
            {"b.pth": "/deps/b\n# words\n\n/deps/a\n", "a.pth": "/deps/a"}, ["/deps/a", "/deps/b"], id="order"
        ),
        pytest.param({"_langgraph_api.pth": "/api"}, [], id="the server's own place"),
        pytest.param({"distutils-precedence.pth": "import os; os.getpid()"}, [], id="a program"),
        pytest.param({}, [], id="none"),
    ],
)
def test_the_folders_an_installer_left_word_of(tmp_path: Path, files: dict[str, str], folders: list[str]) -> None:
    for name, text in files.items():
        (tmp_path / name).write_text(text)
    assert editable_folders(tmp_path) == folders


def test_an_image_without_site_packages_has_none(tmp_path: Path) -> None:
    assert editable_folders(tmp_path / "none") == []
