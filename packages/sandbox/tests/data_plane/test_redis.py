"""The chart's own Redis, as a probe and a client meet it."""

from __future__ import annotations

import socket

import pytest

from langsmith_sandbox.data_plane import redis


@pytest.mark.parametrize("ping", [b"PING\r\n", b"*1\r\n$4\r\nping\r\n"])
def test_it_answers_a_ping_and_refuses_to_hold_anything(ping: bytes) -> None:
    port = redis.start({"LANGSMITH_SANDBOX_POD_IP": "127.0.0.1", "PORT": "0"})
    with socket.create_connection(("127.0.0.1", port), timeout=5) as client, client.makefile("rb") as answers:
        client.sendall(ping + b"*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$5\r\na\r\nbc\r\n" + ping)
        assert answers.readline() == b"+PONG\r\n"
        assert answers.readline().startswith(b"-ERR unknown command 'SET'")
        assert answers.readline() == b"+PONG\r\n", "the conversation goes on behind a value with a line break in it"
