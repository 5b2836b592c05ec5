"""Commands of wheels, as they are in the image."""

from __future__ import annotations

from pathlib import PurePosixPath

import pytest

from langsmith_client.image.scripts import script_entries

SITE = PurePosixPath("/usr/local/lib/python3.11/site-packages")
OURS = b"#!/usr/local/bin/python3.11\nprint(1)\n"


@pytest.mark.parametrize(
    ("content", "there"),
    [
        (b"#!/home/ada/.venv/bin/python3\nprint(1)\n", OURS),
        (b"#!/bin/sh\n'''exec' '/a/very/long/path/python' \"$0\" \"$@\"\n' '''\nprint(1)\n", OURS),
        (b"#!/bin/sh\necho 1\n", b"#!/bin/sh\necho 1\n"),
        (b"\x7fELF program", b"\x7fELF program"),
    ],
)
def test_only_what_starts_this_machines_python_is_rewritten(tmp_path, content, there):
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "tool").write_bytes(content)
    (entry,) = script_entries(tmp_path, SITE, "3.11")
    assert (str(entry.place), entry.executable) == ("/usr/local/bin/tool", True)
    assert (entry.content if isinstance(entry.content, bytes) else entry.content.read_bytes()) == there


def test_an_entry_point_may_be_an_attribute_of_an_attribute(tmp_path):
    info = tmp_path / "extra-1.0.dist-info"
    info.mkdir()
    (info / "METADATA").write_text("Metadata-Version: 2.1\nName: extra\nVersion: 1.0\n")
    (info / "entry_points.txt").write_text("[console_scripts]\nextra = extra.cli:App.main\n[other]\nx = y:z\n")
    (entry,) = script_entries(tmp_path, PurePosixPath("/usr/lib/python3/dist-packages"), "3.11")
    assert str(entry.place) == "/usr/bin/extra"
    assert isinstance(entry.content, bytes)
    assert b"from extra.cli import App\n" in entry.content
    assert b"sys.exit(App.main())" in entry.content
