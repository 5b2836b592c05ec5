"""Order, ownership and refusals: never a gap, never an opening, never another's entry."""

from __future__ import annotations

import dataclasses
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from langsmith_firewall.entries.lifecycle import EntriesLifecycle
from langsmith_firewall.errors import ChangedMeanwhileError, RefusedError, ServiceError, UnverifiedError
from langsmith_firewall.limits import GOOGLE_API_KEY, PREFIX_LIST, WAF_IP_SET, Limits
from langsmith_firewall.sources import AllowedSources

if TYPE_CHECKING:
    from conftest import FakeList

Happening = Callable[["FakeList"], None]

THEIRS = "54.1.2.0/24"
A, B, C = "52.10.20.30/32", "52.10.20.40/32", "52.10.20.50/32"


def _wanted(*cidrs: str, owner: str = "langsmith-firewall") -> AllowedSources:
    return AllowedSources(cidrs, owner=owner)


def _over(fake: Any, limits: Limits = WAF_IP_SET) -> EntriesLifecycle:
    return EntriesLifecycle(fake, limits, sleep=lambda _: None)


def test_new_addresses_are_in_before_old_ones_are_out(fake: FakeList) -> None:
    owned = _over(fake).bring(_wanted(A, B))
    fake.history.clear()
    _over(fake).bring(_wanted(B, C), owned)
    assert fake.history == [{THEIRS, A, B, C}, {THEIRS, B, C}], "between the two writes both callers get in"


def test_old_addresses_stay_until_the_new_ones_are_seen(fake: FakeList) -> None:
    _over(fake).bring(_wanted(A))
    fake.stale_reads, fake.history = 99, []
    with pytest.raises(UnverifiedError, match="does not show the new entries"):
        _over(fake).bring(_wanted(B), [A])
    assert all(A in state for state in fake.history), "a change nobody has seen is no reason to take the old one away"


def test_a_service_that_shows_changes_late_is_waited_for(fake: FakeList) -> None:
    fake.stale_reads = 3
    assert _over(fake).bring(_wanted(A)) == [A], "some answer reads from a copy"


def test_an_address_that_was_there_before_is_not_ours(fake: FakeList) -> None:
    assert _over(fake).bring(_wanted("54.1.2.0/24", A)) == [A], "destroy would take away what others rely on"
    _over(fake).remove([A])
    assert set(fake.entries) == {THEIRS}, "as it was found"


def test_an_entry_with_our_comment_is_ours_even_if_the_state_forgot(fake: FakeList) -> None:
    fake.keeps_comments = True
    lifecycle = _over(fake, PREFIX_LIST)
    lifecycle.bring(_wanted(A, owner="team-a"))
    assert lifecycle.bring(_wanted(A, owner="team-a")) == [A], "the run that made it was killed before it was saved"
    assert lifecycle.bring(_wanted(A, owner="team-b")) == [], "another owner's entry stays theirs"


def test_nothing_is_written_when_nothing_changes(fake: FakeList) -> None:
    owned = _over(fake).bring(_wanted(A))
    fake.history.clear()
    assert _over(fake).bring(_wanted(A), owned) == [A], "still ours"
    assert fake.history == [], "a write would only race with others"


def test_a_list_changed_by_others_meanwhile_is_read_again(fake: FakeList) -> None:
    def somebody_adds(changed: FakeList) -> None:
        changed.entries["54.9.9.9/32"] = None
        changed.version += 1

    fake.before_write = [somebody_adds, somebody_adds]
    _over(fake).bring(_wanted(A))
    assert set(fake.entries) == {THEIRS, "54.9.9.9/32", A}, "both changes are there"


def test_a_list_that_never_rests_ends_the_run(fake: FakeList) -> None:
    def somebody_writes(changed: FakeList) -> None:
        changed.version += 1

    fake.before_write = [somebody_writes] * 99
    with pytest.raises(ChangedMeanwhileError):
        _over(fake).bring(_wanted(A))
    assert len(fake.before_write) >= 99 - 10, "tries are bounded"


def test_a_removal_that_fails_takes_the_new_entries_back(
    fake: FakeList, passing: Happening, failing: Happening
) -> None:
    _over(fake).bring(_wanted(A))
    fake.before_write = [passing, failing]
    with pytest.raises(ServiceError, match="The service is down"):
        _over(fake).bring(_wanted(B), [A])
    assert set(fake.entries) == {THEIRS, A}, "the state says A is ours and knows nothing of B"


def test_an_addition_that_fails_leaves_everything(fake: FakeList, failing: Happening) -> None:
    fake.before_write = [failing]
    with pytest.raises(ServiceError):
        _over(fake).bring(_wanted(B), [])
    assert fake.history == [], "nothing to undo, nothing undone"


def test_an_open_account_is_refused_and_left_alone(fake: FakeList) -> None:
    fake.restricts = False
    with pytest.raises(RefusedError, match="open to everybody"):
        _over(fake).bring(_wanted(A))
    assert fake.history == [], "adding would do nothing, or shut out everybody else"


def test_an_open_account_is_closed_when_asked_even_with_nothing_to_add(fake: FakeList) -> None:
    fake.restricts, fake.entries = False, {A: None}
    _over(fake).bring(_wanted(A), [A], close_open=True)
    assert fake.restricts, "somebody opened it: the entries alone protect nothing"


def test_the_last_entry_stays_where_an_empty_list_lets_everybody_in(fake: FakeList) -> None:
    fake.entries = {A: None}
    with pytest.raises(RefusedError, match="Add another address or delete it"):
        _over(fake, GOOGLE_API_KEY).remove([A])
    assert set(fake.entries) == {A}, "destroy must not open what was closed"


def test_the_last_entry_goes_where_an_empty_list_lets_nobody_in(fake: FakeList) -> None:
    fake.entries = {A: None}
    _over(fake, WAF_IP_SET).remove([A])
    assert not fake.entries, "nothing of ours stays behind"


def test_a_change_that_needs_more_room_than_there_is_is_refused(fake: FakeList) -> None:
    fake.room = 2
    _over(fake).bring(_wanted(A))
    with pytest.raises(RefusedError, match="has 2 of 2 entries, and 1 more do not fit"):
        _over(fake).bring(_wanted(B), [A])
    assert set(fake.entries) == {THEIRS, A}, "removing first would make the gap this exists to avoid"


def test_others_entries_count_towards_the_limit_of_the_service(fake: FakeList) -> None:
    tight = dataclasses.replace(WAF_IP_SET, most=1)
    with pytest.raises(RefusedError, match="1 of 1"):
        _over(fake, tight).bring(_wanted(A))


def test_a_list_of_the_other_family_is_refused(fake: FakeList) -> None:
    fake.family = 6
    with pytest.raises(RefusedError, match="takes IPv6 addresses only"):
        _over(fake).bring(_wanted(A))


def test_removing_twice_is_fine_and_so_is_a_list_that_is_gone(fake: FakeList) -> None:
    _over(fake).bring(_wanted(A))
    _over(fake).remove([A])
    _over(fake).remove([A])
    fake.gone = True
    _over(fake).remove([A])
    assert _over(fake).read() is None, "a refresh learns that it is gone"
    assert set(fake.entries) == {THEIRS}, "theirs was never touched"
