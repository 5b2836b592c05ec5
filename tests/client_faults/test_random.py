"""Two hundred deploys while three of ten requests go wrong, each in its own way."""

from __future__ import annotations

import collections

import pytest

from langsmith_client.errors import ClientError
from langsmith_sandbox.control_plane.faults import Fault

AGENTS, ROUNDS = 20, 10
# Together 30 %, as 1 - (1 - p1)(1 - p2)... of orders that are asked in turn. Silence is the rarest: it takes real time.
ORDERS = [
    Fault(status=429, retry_after=1, times=None, probability=0.06, seed=1),
    Fault(status=500, times=None, probability=0.06, seed=2),
    Fault(status=502, times=None, probability=0.06, seed=3),
    Fault(status=502, when="after", times=None, probability=0.05, seed=4),
    Fault(times=None, probability=0.05, seed=5),
    Fault(when="after", times=None, probability=0.05, seed=6),
    Fault(silence=30, when="before", times=None, probability=0.005, seed=7),
    Fault(silence=30, when="after", times=None, probability=0.005, seed=8),
]


@pytest.mark.timeout(300)
def test_every_deploy_ends_in_success_or_an_honest_exit_code_without_a_duplicate(world):
    for order in ORDERS:
        world.faults.order(order)
    ends = collections.Counter(
        _deploy(world, f"agent-{agent}", number) for number in range(ROUNDS) for agent in range(AGENTS)
    )
    assert ends[0] >= 0.97 * AGENTS * ROUNDS, f"faults that pass are no reason to fail: {ends}"
    assert len(world.deployments()) == AGENTS


def _deploy(world, name, number) -> int:
    """Deploy, and hold the exit code against what the control plane knows."""
    before = world.revisions(name)
    try:
        result = world.deploy(name, number)
    except ClientError as error:
        exit_code, result = error.exit_code, None
    else:
        exit_code = 0
    made = world.revisions(name)[len(before) :]
    assert len(made) <= 1, f"{exit_code}: a deploy makes one revision, whatever gets lost"
    if result is not None:
        assert [str(each.id) for each in made] == [result.revision_id], "success names what was made"
        assert result.proven
        return exit_code
    assert exit_code in {1, 22, 23}, "a fault of the network is nobody's conflict and no failed deploy"
    assert not made or exit_code != 1, "1 claims that nothing was changed"
    return exit_code
