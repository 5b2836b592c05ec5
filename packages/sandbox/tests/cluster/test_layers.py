from __future__ import annotations

import io
import tarfile
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.cluster.errors import ImageError
from langsmith_sandbox.cluster.layers import unpack

if TYPE_CHECKING:
    from pathlib import Path


def _layer(path: Path, *entries: tuple[str, bytes | str | None], kind: bytes = tarfile.SYMTYPE) -> Path:
    """Entries: bytes make a file, text a link to it, None a folder."""
    with tarfile.open(path, "w:gz") as archive:
        for name, content in entries:
            member = tarfile.TarInfo(name)
            member.mode = 0o644
            if content is None:
                member.type, member.mode = tarfile.DIRTYPE, 0o755
                archive.addfile(member)
            elif isinstance(content, str):
                member.type, member.linkname = kind, content
                archive.addfile(member)
            else:
                member.size = len(content)
                archive.addfile(member, io.BytesIO(content))
    return path


@pytest.fixture
def root(tmp_path: Path) -> Path:
    (tmp_path / "root").mkdir()
    return tmp_path / "root"


def test_an_upper_layer_replaces_and_removes_what_lower_ones_brought(tmp_path: Path, root: Path):
    unpack(_layer(tmp_path / "1", ("app/a", b"1"), ("app/b", b"1"), ("app/c/d", b"1")), root)
    unpack(_layer(tmp_path / "2", ("app/a", b"2"), ("app/.wh.b", b""), ("app/.wh.c", b"")), root)
    assert {str(path.relative_to(root)) for path in root.rglob("*")} == {"app", "app/a"}
    assert (root / "app/a").read_bytes() == b"2"


def test_an_opaque_folder_keeps_only_what_its_own_layer_brings_whatever_the_order(tmp_path: Path, root: Path):
    unpack(_layer(tmp_path / "1", ("app/old", b"1")), root)
    unpack(_layer(tmp_path / "2", ("app/new", b"2"), ("app/.wh..wh..opq", b"")), root)
    assert [path.name for path in (root / "app").iterdir()] == ["new"]


def test_a_file_may_become_a_folder_and_the_other_way_round(tmp_path: Path, root: Path):
    unpack(_layer(tmp_path / "1", ("x", b"1"), ("y/z", b"1")), root)
    unpack(_layer(tmp_path / "2", ("x", None), ("y", b"2")), root)
    assert (root / "x").is_dir()
    assert (root / "y").read_bytes() == b"2"


def test_links_within_the_image_are_kept(tmp_path: Path, root: Path):
    unpack(_layer(tmp_path / "1", ("bin/python3", b"x"), ("bin/python", "python3")), root)
    unpack(_layer(tmp_path / "2", ("bin/hard", "bin/python3"), kind=tarfile.LNKTYPE), root)
    assert (root / "bin/python").read_bytes() == b"x"
    assert (root / "bin/hard").stat().st_ino == (root / "bin/python3").stat().st_ino


@pytest.mark.parametrize("name", ["../outside", "app/../../outside"])
def test_names_that_climb_out_are_refused(tmp_path: Path, root: Path, name: str):
    with pytest.raises(ImageError, match="outside the image"):
        unpack(_layer(tmp_path / "1", (name, b"x")), root)
    assert not (tmp_path / "outside").exists()


def test_a_link_to_the_outside_cannot_be_written_through(tmp_path: Path, root: Path):
    (tmp_path / "target").mkdir()
    with pytest.raises(ImageError, match="through a link"):
        unpack(_layer(tmp_path / "1", ("door", str(tmp_path / "target")), ("door/file", b"x")), root)
    assert not (tmp_path / "target/file").exists(), "an image must not write to the machine"


def test_a_hard_link_to_the_outside_is_refused(tmp_path: Path, root: Path):
    (tmp_path / "private").write_text("secret")
    with pytest.raises(ImageError, match="outside the image"):
        unpack(_layer(tmp_path / "1", ("stolen", "../private"), kind=tarfile.LNKTYPE), root)


def test_bytes_that_are_no_archive_are_an_image_error(tmp_path: Path, root: Path):
    (tmp_path / "layer").write_bytes(b"not a tar")
    with pytest.raises(ImageError, match="failed to unpack"):
        unpack(tmp_path / "layer", root)
