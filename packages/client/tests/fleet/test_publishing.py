"""Images in threads, computing bounded by the cores."""

from __future__ import annotations

import dataclasses
import threading
from concurrent.futures import ThreadPoolExecutor

from langsmith_client.fleet.publishing import Bounded, publisher
from langsmith_client.image.publish import build_request
from langsmith_client.image_reference import Repository
from langsmith_client.processes import Finished


def test_no_more_programs_run_at_a_time_than_there_are_slots():
    lock, running, most = threading.Lock(), [0], [0]
    two_run = threading.Barrier(2, timeout=30)

    def run(argv, **options):
        with lock:
            running[0] += 1
            most[0] = max(most[0], running[0])
        two_run.wait()  # breaks unless a second one is let in, too
        with lock:
            running[0] -= 1
        return Finished(0, b"", "")

    bounded = Bounded(run, slots=2)
    with ThreadPoolExecutor(6) as pool:
        list(pool.map(lambda _: bounded(["uv"]), range(6)))
    assert most == [2]


def test_an_image_is_built_once_and_then_reused(agent, registry, push_base, tmp_path, make_member):
    push_base({})
    request = build_request(agent.load(), Repository("127.0.0.1:5000", "agents/greeter"))
    member = dataclasses.replace(make_member("greeter"), request=request)
    said: list[str] = []
    publish = publisher(registry, tmp_path / "cache", chosen="layers")
    first, second = publish(member, said.append), publish(member, said.append)
    assert (first.reused, second.reused, first.digest) == (False, True, second.digest)
    assert "builder layers" in said
