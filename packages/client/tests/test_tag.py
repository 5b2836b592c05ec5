"""The tag is legal, says what it holds, and never names two contents."""

from __future__ import annotations

import dataclasses

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.git import GitState, NoGit
from langsmith_client.tag import image_tag, rebuilt_tag, refuse_uncommitted

CLEAN = GitState("0123456789abcdef0123456789abcdef01234567", 0, None, (), shallow=False)
DIRTY = dataclasses.replace(CLEAN, dirty=("agent.py",))
CONTENT = "c0ffee00" * 8


def test_a_clean_commit_gives_version_and_exactly_twelve_digits():
    assert image_tag("1.2.0", CLEAN, CONTENT) == "1.2.0-0123456789ab"


def test_uncommitted_changes_are_told_apart_by_their_content():
    assert image_tag("1.2.0", DIRTY, CONTENT) == "1.2.0-0123456789ab-dirty-c0ffee00"


def test_without_a_commit_the_content_alone_identifies():
    assert image_tag("1.2.0", NoGit("git is not installed"), CONTENT) == "1.2.0-nogit-c0ffee00"


def test_another_platform_of_the_same_commit_gets_a_tag_of_its_own():
    assert image_tag("1.2.0", CLEAN, CONTENT, "linux/arm64") == "1.2.0-0123456789ab-arm64"


def test_a_local_version_keeps_its_parts_although_a_plus_is_illegal_in_tags():
    assert image_tag("1.2.0+build.7", CLEAN, CONTENT) == "1.2.0_build.7-0123456789ab"


@pytest.mark.parametrize("version", ["v 1", ".1", "-1", "1/2", "9" * 130, "1.0é"])
def test_a_version_that_no_registry_would_take_is_refused_before_building(version):
    with pytest.raises(ProjectError, match="not legal"):
        image_tag(version, CLEAN, CONTENT)


def test_a_rebuild_is_numbered_and_the_first_build_is_not():
    assert [rebuilt_tag("1.2.0-0123456789ab", number) for number in (0, 1, 2)] == [
        "1.2.0-0123456789ab",
        "1.2.0-0123456789ab-r1",
        "1.2.0-0123456789ab-r2",
    ]
    with pytest.raises(ProjectError, match="not legal"):
        rebuilt_tag("x" * 127, 1)


@pytest.mark.parametrize("git", [DIRTY, NoGit("git is not installed")])
@pytest.mark.parametrize("ci", ["true", "1", "woodpecker"])
def test_in_ci_only_what_a_commit_explains_is_built(git, ci):
    with pytest.raises(ProjectError, match=r"agent\.py|git is not installed") as caught:
        refuse_uncommitted(git, {"CI": ci})
    assert caught.value.exit_code == 2
    assert "--allow-dirty" in caught.value.remedy


@pytest.mark.parametrize("environ", [{}, {"CI": ""}, {"CI": "false"}, {"CI": "0"}])
def test_outside_of_ci_changed_files_are_no_reason_to_refuse(environ):
    refuse_uncommitted(DIRTY, environ)
    refuse_uncommitted(CLEAN, {"CI": "true"})


def test_a_thousand_changed_files_are_not_all_named():
    many = dataclasses.replace(CLEAN, dirty=tuple(f"{number}.py" for number in range(1000)))
    with pytest.raises(ProjectError, match=r"19\.py and 980 more"):
        refuse_uncommitted(many, {"CI": "1"})
