"""Reading the parts' logs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from langsmith_sandbox.errors import SandboxError
from langsmith_sandbox.log_files import LogFiles

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "prod").mkdir()
    (tmp_path / "aws.log").write_text("one\ntwo\nthree\n")
    (tmp_path / "prod" / "etcd.log").write_text("etcd speaks\n")
    return tmp_path


def test_the_end_of_every_log_is_shown_with_the_parts_name(folder: Path) -> None:
    lines = list(LogFiles(folder).lines(None, last=2, follow=False))
    assert lines == [("aws", "two"), ("aws", "three"), ("prod/etcd", "etcd speaks")]


def test_the_name_of_a_cluster_means_all_of_its_parts(folder: Path) -> None:
    assert LogFiles(folder).parts("prod") == ["prod/etcd"]


def test_an_unknown_part_is_answered_with_the_known_ones(folder: Path) -> None:
    with pytest.raises(SandboxError, match="Known are: aws, prod/etcd"):
        LogFiles(folder).parts("asw")


def test_following_shows_new_lines_only_when_they_are_whole(folder: Path) -> None:
    written = iter(["fo", "ur\n", "five\n"])

    def sleep(_seconds: float) -> None:
        with (folder / "aws.log").open("a") as log:
            log.write(next(written))

    following = LogFiles(folder, sleep).lines("aws", last=0, follow=True)
    assert next(following) == ("aws", "four")
    assert next(following) == ("aws", "five")
