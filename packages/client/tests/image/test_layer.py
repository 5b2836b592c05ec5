"""Layers are the same bytes for the same content, wherever and whenever they are made."""

from __future__ import annotations

import gzip
import hashlib
import io
import os
import tarfile
from pathlib import PurePosixPath

from langsmith_client.image.layer import Entry, write_layer

DEPS = PurePosixPath("/deps")


def entry(name, content=b"x", **options):
    return Entry(DEPS / name, content, **options)


def write(tmp_path, entries, name="layer"):
    return write_layer(entries, tmp_path / name, owned=DEPS, comment="test")


def test_the_digests_are_those_of_the_file_and_of_the_tar_in_it(tmp_path):
    layer = write(tmp_path, [entry("a", b"A" * 100_000)])
    packed = layer.path.read_bytes()
    assert layer.digest == "sha256:" + hashlib.sha256(packed).hexdigest()
    assert layer.diff_id == "sha256:" + hashlib.sha256(gzip.decompress(packed)).hexdigest()
    assert layer.size == len(packed) == len(layer.content(0, 1 << 30))
    assert layer.content(3, 5) == packed[3:8]


def test_the_gzip_header_holds_no_time_no_name_and_no_operating_system(tmp_path):
    header = write(tmp_path, [entry("a")]).path.read_bytes()[:10]
    assert header == bytes([0x1F, 0x8B, 8, 0, 0, 0, 0, 0, 0, 255]), "Python versions disagree on the last byte"


def test_the_known_digest_of_a_known_layer_never_changes(tmp_path):
    layer = write(tmp_path, [entry("pkg/a.py", b"a = 1\n"), entry("run", b"", executable=True), entry("l", link="run")])
    assert layer.diff_id == "sha256:faffef08e25175f12b8103bda9a1e2149a405ac67cd2a8c405b974764bdadffe"


def test_order_times_and_modes_of_the_files_leave_no_trace(tmp_path):
    file = tmp_path / "file"
    file.write_bytes(b"x")
    file.chmod(0o600)
    os.utime(file, (7, 7))
    one = write(tmp_path, [entry("b", file), entry("a")], "one")
    two = write(tmp_path, [entry("a"), entry("b")], "two")
    assert one.digest == two.digest


def test_owner_and_modes_are_fixed_and_only_the_execute_bit_enters(tmp_path, read_layer):
    layer = write(tmp_path, [entry("bin/tool", executable=True), entry("a.py"), entry("link", link="a.py")])
    members = read_layer(layer.path.read_bytes())
    assert {(each.uid, each.gid, each.uname, each.gname, each.mtime) for each in members.values()} == {
        (0, 0, "", "", 0)
    }
    modes = {name: oct(each.mode) for name, each in members.items()}
    assert modes == {"deps/a.py": "0o644", "deps/bin": "0o755", "deps/bin/tool": "0o755", "deps/link": "0o777"}
    assert members["deps/link"].linkname == "a.py"


def test_folders_of_the_base_image_get_no_entry_that_would_change_them(tmp_path, read_layer):
    members = read_layer(write(tmp_path, [entry("a/b/c")]).path.read_bytes())
    assert list(members) == ["deps/a", "deps/a/b", "deps/a/b/c"], "an entry for /deps itself could change its mode"


def test_long_and_foreign_names_survive(tmp_path):
    name = "größe/" + "x" * 120 + "/" + "y" * 120
    packed = write(tmp_path, [entry(name)]).path.read_bytes()
    with tarfile.open(fileobj=io.BytesIO(packed)) as tar:
        assert f"deps/{name}" in tar.getnames()
