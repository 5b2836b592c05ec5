"""The emulator's clock: real time, jumps, held instants, and actions that come due."""

from __future__ import annotations

from langsmith_sandbox.aws.clock import Clock


def test_a_jump_moves_the_clock_but_not_the_clients_time():
    clock = Clock(lambda: 1000.0)
    clock.jump(60)
    assert clock.now() == 1060.0
    assert clock.real() == 1000.0, "signatures are judged by the time their signer knows"


def test_a_held_clock_stands_still_and_is_let_go():
    clock = Clock(lambda: 1000.0)
    with clock.at(5.0):
        assert clock.now() == 5.0
        assert clock.utc().isoformat() == "1970-01-01T00:00:05+00:00"
    assert clock.now() == 1000.0


def test_actions_run_when_due_in_their_order_and_once():
    clock, done = Clock(lambda: 0.0), []
    clock.after(10, lambda: done.append("late"))
    clock.after(5, lambda: done.append("early"))
    clock.after(5, lambda: done.append("early, second"))
    clock.run_due()
    assert done == []
    clock.jump(10)
    clock.run_due()
    clock.run_due()
    assert done == ["early", "early, second", "late"]


def test_an_action_may_plan_another():
    clock, done = Clock(lambda: 0.0), []
    clock.after(1, lambda: clock.after(1, lambda: done.append("second")))
    clock.jump(1)
    clock.run_due()
    assert done == []
    clock.jump(1)
    clock.run_due()
    assert done == ["second"]
