"""Agents that answer for themselves, on a clock that only sleeping moves."""

from __future__ import annotations

from typing import Any

import pytest

from langsmith_client.cli import session
from langsmith_client.proof import Proof
from langsmith_client.surroundings import Surroundings


@pytest.fixture
def agents_that_serve(monkeypatch: pytest.MonkeyPatch, clock: Any) -> dict[str, Proof]:
    """What every agent answers when it is asked for proof, under `proof`."""
    said = {"proof": Proof(True, "whatever it was asked for")}

    def surroundings(target: Any, reporter: Any) -> Surroundings:
        return Surroundings(
            target, reporter, prove=lambda url, revision_id, **_: said["proof"], clock=clock, sleep=clock.sleep
        )

    monkeypatch.setattr(session, "surroundings", surroundings)
    return said
