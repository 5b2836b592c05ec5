"""The dependency layer, resolved by the real uv from hand-made wheels."""

from __future__ import annotations

import dataclasses
import sys
import tarfile
from concurrent.futures import ThreadPoolExecutor

import pytest

from langsmith_client import processes
from langsmith_client.errors import BuildError
from langsmith_client.image.base_contents import BaseContents
from langsmith_client.image.dependencies import Wanted, dependency_layer, wanted_requirements

SITE = "usr/local/lib/python3.11/site-packages"


@pytest.fixture
def wanted(tmp_path):
    def make(*requirements, base=None, locked=(), constraints="", platform="linux/amd64"):
        contents = BaseContents(f"/{SITE}", base or {}, constraints)
        return Wanted(requirements, locked, contents, "sha256:base", platform, "3.11", tmp_path)

    return make


@pytest.fixture
def build(tmp_path):
    def make(wanted, cache="cache"):
        return dependency_layer(wanted, tmp_path / cache, run=processes.run)

    return make


def names(layer) -> set[str]:
    with tarfile.open(layer.path) as tar:
        return {name.removeprefix(f"{SITE}/") for name in tar.getnames()}


def test_what_the_base_ships_is_neither_repeated_nor_shadowed(make_wheel, wanted, build):
    make_wheel("shipped", "1.0")
    make_wheel("shipped", "2.0")
    make_wheel("extra", "1.5", requires="shipped>=1.0")
    found = names(build(wanted("extra", base={"shipped": "1.0"})))
    assert "extra/__init__.py" in found
    assert not any(name.startswith("shipped") for name in found), "a newer copy would win over the tested one"


def test_agents_that_want_the_same_at_the_same_time_resolve_it_once(make_wheel, wanted, tmp_path):
    make_wheel("extra", "1.0")
    wish, calls = wanted("extra"), []

    def run(argv, **options):
        calls.append(argv[2])
        return processes.run(argv, **options)

    with ThreadPoolExecutor(4) as pool:
        layers = list(pool.map(lambda _: dependency_layer(wish, tmp_path / "cache", run=run), range(4)))
    assert calls == ["compile", "install"]
    assert len({layer.digest for layer in layers if layer}) == 1


def test_a_requirement_that_contradicts_the_base_is_told_in_one_sentence(make_wheel, wanted, build):
    make_wheel("shipped", "1.0")
    make_wheel("shipped", "2.0")
    with pytest.raises(BuildError, match=r"do not resolve for linux/amd64.*shipped") as caught:
        build(wanted("shipped>=2", base={"shipped": "1.0"}))
    assert "\n" not in caught.value.what


def test_the_constraints_of_the_base_hold_for_what_it_does_not_ship(make_wheel, wanted, build):
    make_wheel("extra", "1.0")
    make_wheel("extra", "2.0")
    assert "extra-1.0.dist-info" in names(build(wanted("extra", constraints="# from the base\n-e /api\nextra<2\n")))


def test_a_lock_decides_unless_the_base_does(make_wheel, wanted, build):
    for version in ("1.0", "2.0"):
        make_wheel("extra", version)
    assert "extra-1.0.dist-info" in names(build(wanted("extra", locked=("extra==1.0", "shipped==9"))))
    assert wanted("a", locked=("shipped==9",), base={"shipped": "1.0"}).constraints() == "shipped==1.0\n"


def test_nothing_wanted_beyond_the_base_means_no_layer_also_when_remembered(make_wheel, wanted, build):
    make_wheel("shipped", "1.0")
    for _ in range(2):
        assert build(wanted("shipped", base={"shipped": "1.0"})) is None
    assert build(wanted()) is None


def test_two_machines_make_the_same_bytes(make_wheel, wanted, build, tmp_path, monkeypatch):
    make_wheel("extra", "1.0", script=True)
    first = build(wanted("extra"), "one")
    (tmp_path / "other").mkdir()
    monkeypatch.setenv("UV_CACHE_DIR", str(tmp_path / "uv-cache-2"))
    second = build(dataclasses.replace(wanted("extra"), folder=tmp_path / "other"), "two")
    assert first.digest == second.digest


def test_commands_start_the_images_python_and_nothing_of_this_machine_stays(make_wheel, wanted, build):
    program = {"extra-1.0.data/scripts/native": "\x7fELF", "extra-1.0.data/scripts/tool": "#!python\nprint(1)\n"}
    make_wheel("extra", "1.0", script=True, files=program)
    with tarfile.open(build(wanted("extra")).path) as tar:
        found = {member.name: tar.extractfile(member) for member in tar if member.isfile()}
        content = {name: file.read().decode() for name, file in found.items() if file}
        assert all(tar.getmember(f"usr/local/bin/{name}").mode == 0o755 for name in ("extra", "native", "tool"))
    assert content["usr/local/bin/extra"] == (
        "#!/usr/local/bin/python3.11\nimport sys\nfrom extra import main\n\n"
        'if __name__ == "__main__":\n    sys.exit(main())\n'
    )
    assert content["usr/local/bin/tool"] == "#!/usr/local/bin/python3.11\nprint(1)\n"
    assert content["usr/local/bin/native"] == "\x7fELF"
    record = content[f"{SITE}/extra-1.0.dist-info/RECORD"]
    assert "bin/extra" not in record, "its hash would be that of a file about this machine"
    assert "extra/__init__.py" in record
    assert not any(sys.executable in text or name.endswith(".lock") for name, text in content.items())


def test_an_unchanged_wish_costs_no_resolution(make_wheel, wanted, build, tmp_path):
    make_wheel("extra", "1.0")
    first = build(wanted("extra"))

    def never(*arguments, **options):
        raise AssertionError("uv was run although the layer is in the cache")

    assert dependency_layer(wanted("extra"), tmp_path / "cache", run=never) == first


@pytest.mark.parametrize("damage", ["truncated layer", "missing layer", "broken record"])
def test_a_damaged_cache_is_made_anew(make_wheel, wanted, build, damage):
    make_wheel("extra", "1.0")
    first = build(wanted("extra"))
    if damage == "truncated layer":
        first.path.write_bytes(b"")
    elif damage == "missing layer":
        first.path.unlink()
    else:
        first.path.with_name(f"{wanted('extra').key}.json").write_text("{", encoding="utf-8")
    again = build(wanted("extra"))
    assert again == first
    assert again.path.stat().st_size == first.size


def test_a_package_without_a_wheel_for_the_platform_points_to_the_other_builder(make_wheel, wanted, build):
    make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_28_x86_64")
    assert "native/__init__.py" in names(build(wanted("native")))
    with pytest.raises(BuildError) as caught:
        build(wanted("native", platform="linux/arm64"))
    assert "--builder docker" in caught.value.remedy


def test_the_wheels_are_those_of_the_image_and_not_of_this_machine(make_wheel, wanted, build):
    make_wheel("native", "1.0", tag="cp311-cp311-manylinux_2_28_aarch64")
    assert "native/__init__.py" in names(build(wanted("native", platform="linux/arm64")))


def test_the_key_changes_with_everything_that_changes_the_choice(wanted):
    one = wanted("a")
    others = [
        wanted("a", "b"),
        wanted("a", locked=("a==1",)),
        wanted("a", platform="linux/arm64"),
        dataclasses.replace(one, base="sha256:other"),
        dataclasses.replace(one, python="3.12"),
    ]
    assert len({each.key for each in (one, *others)}) == 6
    assert wanted("b", "a").key == wanted("a", "b").key


def test_requirements_come_from_the_file_the_packages_and_the_configuration(make_agent):
    config = '{"dependencies": [".", "./tools", "orjson"], "graphs": {"a": "./greeter/graph.py:graph"}}'
    pyproject = '[project]\nname = "greeter"\nversion = "1"\ndependencies = ["humanize>=4", "tools"]\n'
    project = make_agent(
        files={
            "langgraph.json": config,
            "pyproject.toml": pyproject,
            "tools/x.py": "",
            "tools/requirements.txt": "# pinned\npyyaml==6.0  # why\n\n",
        }
    ).load()
    found = wanted_requirements(project.packages, project.config.dependencies)
    assert found == ("orjson", "humanize>=4", "pyyaml==6.0  # why"), "tools is the agent's own source"


def test_a_requirement_only_pip_understands_is_refused_with_its_text(make_agent):
    project = make_agent(
        files={
            "tools/x.py": "",
            "tools/requirements.txt": "-r other.txt\n",
            "langgraph.json": '{"dependencies": ["./tools"], "graphs": {"a": "b:c"}}',
        }
    ).load()
    with pytest.raises(BuildError, match=r"-r other\.txt"):
        wanted_requirements(project.packages, ())


def test_a_fresh_layer_is_resolved_again_and_takes_what_the_index_has_by_now(make_wheel, wanted, build, tmp_path):
    make_wheel("extra", "1.0")
    assert "extra-1.0.dist-info" in names(build(wanted("extra")))
    make_wheel("extra", "2.0")
    assert "extra-1.0.dist-info" in names(build(wanted("extra")))
    again = dependency_layer(wanted("extra"), tmp_path / "cache", run=processes.run, fresh=True)
    assert "extra-2.0.dist-info" in names(again)
