"""Asking a person, where there is one to ask: the only place in the program that does."""

from __future__ import annotations

import sys

import click

from langsmith_client.cli.options import NO_INPUT


def may_ask() -> bool:
    """Whether there is a terminal to ask on, and --no-input does not forbid it."""
    return sys.stdin.isatty() and not click.get_current_context().meta.get(NO_INPUT)


def confirm_by_typing(name: str, action: str, *, instead: str) -> None:
    """Have `name` typed before `action`, such as "delete it"; Enter alone means no.

    The question goes to standard error, since standard output may be read by a machine.

    Raises:
        click.UsageError: Nobody can be asked; `instead` is the option that does without.
        click.Abort: Something else was typed.
    """
    if not may_ask():
        raise click.UsageError(f"There is nobody to ask: give {instead} to {action}.")
    if click.prompt(f"Type {name} to {action}", default="", show_default=False, err=True) != name:
        raise click.Abort


def confirm(question: str) -> None:
    """Ask whether to go on; Enter alone means no. The question goes to standard error.

    Raises:
        click.Abort: No.
    """
    click.confirm(question, default=False, abort=True, err=True)
