"""Every tool is made ready once, and what is missing to do so is said plainly."""

from __future__ import annotations

import io
import os
from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.progress import PlainProgress
from langsmith_sandbox.toolchain import Toolchain, ensure
from langsmith_sandbox.toolchain.errors import BuildFailedError, GoMissingError, GoUnfitError

if TYPE_CHECKING:
    from conftest import Workshop


def make_ready(workshop: Workshop, said: io.StringIO | None = None) -> Toolchain:
    progress = PlainProgress(said or io.StringIO())
    return ensure(progress, sources=workshop.sources, root=workshop.root, uv=workshop.uv)


def test_an_empty_cache_gets_every_tool_in_the_place_the_world_looks_for_it(workshop: Workshop) -> None:
    tools = make_ready(workshop)

    assert tools.pulumi.is_file()
    assert tools.helm.is_file()
    assert tools.registry.is_file()
    assert tools.agent_server_python.is_file()
    for component in ("etcd", "kube-apiserver", "kube-controller-manager"):
        assert (tools.kubernetes / component).read_text() == "built\n", f"{component} must lead to the one binary"


def test_the_engine_that_is_built_here_gets_the_dynamic_provider_beside_it(workshop: Workshop) -> None:
    tools = make_ready(workshop)

    assert tools.plugins is not None
    assert tools.plugins == tools.pulumi.parent
    assert os.access(tools.plugins / "pulumi-resource-pulumi-python", os.X_OK), "the engine executes it"


def test_a_second_call_builds_nothing_again(workshop: Workshop) -> None:
    first = make_ready(workshop)
    calls = workshop.calls()

    assert make_ready(workshop) == first
    assert workshop.calls() == calls, "whatever was built once stays"


def test_only_the_module_whose_pins_changed_is_built_again(workshop: Workshop) -> None:
    before = make_ready(workshop)
    built = len(workshop.calls())
    (workshop.sources / "registry" / "go.sum").write_text("other pins")

    after = make_ready(workshop)

    assert [call.split()[1] for call in workshop.calls()[built:]] == ["registry"]
    assert after.registry != before.registry, "the old binary is kept for clones that still pin it"


def test_another_go_release_builds_everything_again(workshop: Workshop, monkeypatch: pytest.MonkeyPatch) -> None:
    before = make_ready(workshop)
    monkeypatch.setenv("FAKE_GO_VERSION", "go1.27.0")

    assert make_ready(workshop).kubernetes != before.kubernetes


def test_progress_names_each_tool_and_how_long_it_took(workshop: Workshop) -> None:
    said = io.StringIO()
    make_ready(workshop, said)

    for tool in ("kubernetes", "pulumi", "registry", "helm", "agent-server"):
        assert f"{tool}: building" in said.getvalue()
        assert f"{tool}: done in " in said.getvalue()


def test_no_compiler_on_path_names_what_to_install(workshop: Workshop) -> None:
    (workshop.bin / "go").unlink()
    with pytest.raises(GoMissingError, match=r"Install Go 1\.26 or newer"):
        make_ready(workshop)


def test_a_compiler_that_refuses_the_module_is_quoted(workshop: Workshop) -> None:
    workshop.program("go", '#!/bin/sh\necho "go: go.mod requires go >= 1.26 (running go 1.21.0)" >&2\nexit 1\n')
    with pytest.raises(GoUnfitError, match=r"requires go >= 1\.26"):
        make_ready(workshop)


def test_a_failing_build_leaves_nothing_and_shows_the_compilers_words(
    workshop: Workshop, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("FAKE_GO_BREAKS", "undefined: Foo")
    with pytest.raises(BuildFailedError, match="undefined: Foo") as caught:
        make_ready(workshop)

    assert caught.value.exit_code == 10
    assert caught.value.log.is_file(), "the whole output must be there to read"
    left = [found.name for found in (workshop.root / "toolchain").iterdir() if found.is_dir()]
    assert [name for name in left if not name.startswith("agent-server")] == [], "no half-made build may be taken later"
    monkeypatch.delenv("FAKE_GO_BREAKS")
    assert make_ready(workshop).kubernetes.is_dir(), "the next run starts afresh"


def test_a_failing_installer_of_the_agent_server_is_reported_too(workshop: Workshop) -> None:
    workshop.program("uv", "#!/bin/sh\necho 'no such package' ; exit 2\n")
    with pytest.raises(BuildFailedError, match="agent-server failed: no such package"):
        make_ready(workshop)


def test_a_pulumi_of_the_user_with_its_own_language_host_is_never_shadowed(workshop: Workshop) -> None:
    own = workshop.program("pulumi", "#!/bin/sh\necho v3.300.0\n")
    workshop.program("pulumi-language-python", "#!/bin/sh\n")

    tools = make_ready(workshop)

    assert (tools.pulumi, tools.plugins) == (own, None)
    assert not any("pulumi" in call for call in workshop.calls()), "building one as well would waste minutes"


def test_a_good_helm_of_the_user_is_taken(workshop: Workshop) -> None:
    own = workshop.program("helm", "#!/bin/sh\necho v3.17.2\n")
    assert make_ready(workshop).helm == own
