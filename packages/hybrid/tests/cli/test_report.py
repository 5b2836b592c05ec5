"""How commands speak and end, whatever happens in them."""

from __future__ import annotations

import json

import click
import pytest

from langsmith_hybrid.cli.report import columns, reporting
from langsmith_hybrid.operations.errors import PreflightError


def _end(error: BaseException, *, as_json: bool) -> int:
    with pytest.raises(SystemExit) as ended, reporting(as_json=as_json):
        raise error
    assert isinstance(ended.value.code, int)
    return ended.value.code


def test_an_error_of_ours_is_two_lines_and_its_exit_code(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(PreflightError("It would fail.", "Mend it."), as_json=False) == 50
    assert capsys.readouterr() == ("", "Error: It would fail.\nMend it.\n")


def test_for_machines_an_error_is_one_object(capsys: pytest.CaptureFixture[str]) -> None:
    _end(PreflightError("It would fail.", "Mend it."), as_json=True)
    out, err = capsys.readouterr()
    assert json.loads(out) == {"schema": 1, "error": "It would fail.", "remedy": "Mend it.", "exit_code": 50}
    assert err == ""


def test_after_a_result_machines_read_no_second_object(capsys: pytest.CaptureFixture[str]) -> None:
    def fail_late() -> None:
        with reporting(as_json=True) as report:
            report.result({"checks": []}, "")
            raise PreflightError("It would fail.")

    with pytest.raises(SystemExit):
        fail_late()
    assert len(capsys.readouterr().out.splitlines()) == 1


def test_a_defect_of_ours_shows_where_it_is_and_no_value(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(ValueError("lsv2_pt_c0ffee"), as_json=False) == 1
    said = capsys.readouterr().err
    assert said.startswith("Error: ValueError in test_report.py, line ")
    assert "c0ffee" not in said, "an error that nobody foresaw may quote a secret"
    assert "Traceback" not in said


def test_an_interrupt_says_how_to_go_on(capsys: pytest.CaptureFixture[str]) -> None:
    assert _end(KeyboardInterrupt(), as_json=False) == 130
    assert "Run the same command again" in capsys.readouterr().err


def test_clicks_own_errors_are_left_to_click() -> None:
    with pytest.raises(click.UsageError), reporting(as_json=False):
        raise click.UsageError("That is not the stack's name.")


def test_columns_stand_below_each_other_and_the_last_one_is_as_long_as_it_is() -> None:
    assert columns([("ok", "pulumi", "It is."), ("fail", "x", "")]) == "ok    pulumi  It is.\nfail  x"
    assert columns([]) == ""
