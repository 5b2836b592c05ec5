"""The passwords of the registry: signed, and dead after twelve hours."""

from __future__ import annotations

import base64

import pytest

from langsmith_sandbox.registry.login import LIFE_SECONDS, Standing, password, standing

SECRET = "the operator's"
NOW = 1_800_000_000.0


def header(user: str, secret: str) -> str:
    return "Basic " + base64.b64encode(f"{user}:{secret}".encode()).decode()


def test_a_password_is_good_for_twelve_hours_and_then_said_to_have_expired():
    given = header("AWS", password(SECRET, NOW))
    assert standing(given, SECRET, NOW + LIFE_SECONDS - 1) is Standing.VALID
    assert standing(given, SECRET, NOW + LIFE_SECONDS) is Standing.EXPIRED


@pytest.mark.parametrize(
    "given",
    [
        "",
        "Basic %%%",
        "Bearer abc",
        header("AWS", "123456789012-auth-token"),
        header("AWS", "9999999999.ü"),
        header("ada", password(SECRET, NOW)),
        header("AWS", password("another account's", NOW)),
        header("AWS", f"9999999999.{password(SECRET, NOW).partition('.')[2]}"),
    ],
)
def test_anything_else_is_nobody(given: str):
    assert standing(given, SECRET, NOW) is Standing.ANONYMOUS
