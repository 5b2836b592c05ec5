"""Values come from where they may be secret, and are never quoted in an error."""

from __future__ import annotations

import pytest

from langsmith_client.environment.assignments import only_one_from_stdin, read_assignments
from langsmith_client.errors import ProjectError


def read(*words, answer="", **options):
    return read_assignments(words, environ={"HERE": "from-env"}, ask=lambda name: answer, **options)


def test_each_source_gives_the_value_it_stands_for(tmp_path):
    (tmp_path / "key.pem").write_text("first\nsecond\n", encoding="utf-8")
    found = read("PIPED=-", f"KEY@{tmp_path}/key.pem", answer="typed\n", from_environment=["HERE"], plain=["LEVEL=a=b"])
    assert found == {"PIPED": "typed", "KEY": "first\nsecond", "HERE": "from-env", "LEVEL": "a=b"}


@pytest.mark.parametrize(
    ("text", "value"), [("x\n", "x"), ("x\r\n", "x"), ("x\n\n", "x\n"), ("x", "x"), (" x ", " x ")]
)
def test_one_line_break_at_the_end_is_the_shells_and_not_the_values(text, value):
    assert read("A=-", answer=text) == {"A": value}


@pytest.mark.parametrize("word", ["TOKEN=canary", "canary", "TOKEN=canary=-", "=canary"])
def test_a_value_on_the_command_line_is_refused_unquoted_with_the_other_ways(word):
    with pytest.raises(ProjectError, match="every process can see") as caught:
        read(word)
    assert "canary" not in str(caught.value)
    assert "--from-env" in caught.value.remedy


def test_every_problem_is_told_at_once(tmp_path):
    with pytest.raises(ProjectError) as caught:
        read("A=1", f"B@{tmp_path}/none", "C=-", from_environment=["MISSING"], plain=["D=1", "D=2", "DATABASE_URI=x"])
    text = " ".join(caught.value.problems)
    assert len(caught.value.problems) == 6
    assert all(name in text for name in ("A", "none", "C", "MISSING", "D is given twice", "DATABASE_URI is reserved"))


def test_standard_input_is_read_for_one_name_only():
    ask = only_one_from_stdin(lambda name: "all there is")
    with pytest.raises(ProjectError, match="Only one of A and B"):
        read_assignments(["A=-", "B=-"], environ={}, ask=ask)
