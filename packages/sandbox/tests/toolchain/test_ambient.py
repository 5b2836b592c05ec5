"""What counts as a good tool of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.toolchain.ambient import good_helm, good_pulumi

if TYPE_CHECKING:
    from conftest import Workshop


@pytest.mark.parametrize("answer", ["v3.258.0", "v2.99.0", "unknown", ""])
def test_a_pulumi_that_is_too_old_or_cannot_say_its_version_is_passed_over(workshop: Workshop, answer: str) -> None:
    workshop.program("pulumi", f"#!/bin/sh\necho {answer}\n")
    workshop.program("pulumi-language-python", "#!/bin/sh\n")
    assert good_pulumi(workshop.root) is None


def test_a_pulumi_without_a_language_host_cannot_run_python_and_is_passed_over(workshop: Workshop) -> None:
    workshop.program("pulumi", "#!/bin/sh\necho v3.300.0\n")
    assert good_pulumi(workshop.root) is None


def test_a_link_to_a_whole_installation_counts_as_having_its_host(workshop: Workshop) -> None:
    installed = workshop.folder / "Cellar"
    installed.mkdir()
    workshop.program("pulumi", "#!/bin/sh\necho v3.259.0\n").rename(installed / "pulumi")
    workshop.program("pulumi-language-python", "#!/bin/sh\n").rename(installed / "pulumi-language-python")
    (workshop.bin / "pulumi").symlink_to(installed / "pulumi")
    assert good_pulumi(workshop.root) == workshop.bin / "pulumi"


def test_the_sandboxs_own_launchers_on_path_are_not_taken_for_an_installation(workshop: Workshop) -> None:
    built = workshop.root / "toolchain" / "pulumi-3.259.0"
    built.mkdir(parents=True)
    workshop.program("pulumi", "#!/bin/sh\necho v3.259.0\n").rename(built / "pulumi")
    (workshop.bin / "pulumi").symlink_to(built / "pulumi")
    workshop.program("pulumi-language-python", "#!/bin/sh\n")
    assert good_pulumi(workshop.root) is None, "else a shell with the sandbox's PATH would switch to real plugins"


@pytest.mark.parametrize(("answer", "good"), [("v3.11.9", False), ("v3.12.0", True), ("v4.1.4", False)])
def test_helm_counts_from_3_12_up_to_but_not_with_4(workshop: Workshop, answer: str, good: bool) -> None:
    helm = workshop.program("helm", f"#!/bin/sh\necho {answer}\n")
    assert good_helm(workshop.root) == (helm if good else None)


def test_a_helm_that_ends_with_an_error_is_passed_over(workshop: Workshop) -> None:
    workshop.program("helm", "#!/bin/sh\necho v3.17.2\nexit 1\n")
    assert good_helm(workshop.root) is None
