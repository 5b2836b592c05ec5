"""The pins are found from anywhere in a clone, and a command run elsewhere says where to go."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.toolchain.errors import SourcesNotFoundError
from langsmith_sandbox.toolchain.sources import find_sources

if TYPE_CHECKING:
    from pathlib import Path

    from conftest import Workshop


def test_they_are_found_from_a_folder_deep_inside_the_clone(workshop: Workshop) -> None:
    deep = workshop.sources.parent / "agents" / "hello" / "src"
    deep.mkdir(parents=True)
    assert find_sources(deep) == workshop.sources


def test_without_a_clone_around_the_message_names_the_places_and_the_remedy(tmp_path: Path) -> None:
    with pytest.raises(SourcesNotFoundError, match="inside a clone") as caught:
        find_sources(tmp_path)
    assert str(tmp_path) in caught.value.what


def test_the_working_folder_does_not_matter_when_the_package_itself_lies_in_the_clone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    assert (find_sources() / "registry" / "go.mod").is_file()
