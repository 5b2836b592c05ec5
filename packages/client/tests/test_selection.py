"""A few characters are enough to name a revision, and never enough to name the wrong one."""

from __future__ import annotations

import pytest

from langsmith_client.errors import ProjectError
from langsmith_client.history import Entry
from langsmith_client.identity import Identity
from langsmith_client.selection import select
from langsmith_client.target.protocol import Phase, Revision

OLD, NEW = "0123456789abcdef" + "0" * 24, "fedcba9876543210" + "0" * 24


def entry(revision_id, commit=None, tag=None, phase=Phase.DEPLOYED):
    return Entry(Revision(revision_id, phase, phase.name), Identity(tag=tag, commit=commit), active=False)


ENTRIES = [
    entry("aaaa-4", NEW, "1.3.0-fedcba987654", Phase.FAILED),
    entry("aabb-3", NEW, "1.3.0-fedcba987654"),
    entry("bbbb-2", OLD, "1.2.0-0123456789ab"),
    entry("cccc-1"),
]


@pytest.mark.parametrize(
    ("wanted", "found"),
    [
        ("bbbb-2", "bbbb-2"),
        ("bbbb", "bbbb-2"),
        (OLD, "bbbb-2"),
        (OLD[:7], "bbbb-2"),
        (OLD[:12].upper(), "bbbb-2"),
        ("1.2.0-0123456789ab", "bbbb-2"),
        (NEW[:12], "aabb-3"),
        ("cccc", "cccc-1"),
    ],
)
def test_an_id_a_commit_or_a_tag_names_a_revision(wanted, found):
    assert select(ENTRIES, "greeter", wanted).revision.id == found


def test_of_a_commit_that_failed_once_and_then_was_deployed_the_deployed_one_is_meant():
    assert select(ENTRIES, "greeter", NEW).revision.phase is Phase.DEPLOYED


def test_a_commit_that_only_ever_failed_is_still_found():
    assert select(ENTRIES[:1], "greeter", NEW).revision.id == "aaaa-4"


@pytest.mark.parametrize("wanted", ["zzzz", "aaa", OLD[:6], "1.2.0", ""])
def test_what_fits_nothing_is_refused_with_the_doubt_that_remains(wanted):
    with pytest.raises(ProjectError) as refused:
        select(ENTRIES, "greeter", wanted)
    assert refused.value.exit_code == 2
    assert "1 of them do not say what they were built from" in refused.value.what
    assert "history greeter" in refused.value.remedy


def test_what_fits_several_is_refused_with_all_of_them():
    with pytest.raises(ProjectError, match=r"aaaa-4 .* aabb-3|aaaa-4") as refused:
        select([*ENTRIES, entry("aaaa-9")], "greeter", "aaaa")
    assert "aaaa-9" in refused.value.what


def test_an_id_that_is_also_the_start_of_a_commit_is_not_guessed():
    entries = [*ENTRIES, entry("0123456-x")]
    with pytest.raises(ProjectError, match="can mean several"):
        select(entries, "greeter", "0123456")
    assert select(entries, "greeter", "0123456-x").revision.id == "0123456-x"
