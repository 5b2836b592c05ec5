"""Which ports the parts of a world get."""

from __future__ import annotations

import contextlib
import socket

from langsmith_sandbox.loopback_ports import keep_or_choose_ports


def test_ports_are_all_different_and_kept_once_known() -> None:
    names = tuple(f"part-{number}" for number in range(20))
    chosen = keep_or_choose_ports(names, {})
    assert len(set(chosen.values())) == len(names)
    assert keep_or_choose_ports(names, chosen) == chosen


def test_a_port_somebody_else_took_meanwhile_is_replaced() -> None:
    with contextlib.closing(socket.create_server(("127.0.0.1", 0))) as squatter:
        taken = squatter.getsockname()[1]
        assert keep_or_choose_ports(("aws",), {"aws": taken})["aws"] != taken


def test_ports_are_never_those_that_a_program_may_be_given_for_any_port() -> None:
    chosen = keep_or_choose_ports(("aws", "registry"), {})
    assert all(20_000 <= port < 30_000 for port in chosen.values())


def test_a_known_port_is_not_given_to_another_part_first() -> None:
    names = tuple(f"part-{number}" for number in range(20))
    last = keep_or_choose_ports(names[-1:], {})
    assert keep_or_choose_ports(names, last)[names[-1]] == last[names[-1]]
