"""Telling a person what is going on and for how long: a live display on a terminal, plain lines anywhere else."""

from __future__ import annotations

import contextlib
import sys
import threading
import time
from typing import TYPE_CHECKING, Protocol, TextIO

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from rich.progress import Progress as RichProgress

_REMINDER_SECONDS = 30.0  # plain output says that often that a long step is still going on


def elapsed(seconds: float) -> str:
    """A duration as people write it: ``0.4 s``, ``12 s``, ``3 min 07 s``."""
    if seconds < 10:
        return f"{seconds:.1f} s"
    if seconds < 60:
        return f"{seconds:.0f} s"
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest:02d} s"


class Step(Protocol):
    """One thing under way."""

    def note(self, text: str) -> None:
        """Say what the step is doing now, in a few words."""
        ...


class Progress(Protocol):
    """Where steps are announced. Several steps may be open at once, from several threads."""

    def step(self, name: str, doing: str = "") -> contextlib.AbstractContextManager[Step]:
        """Announce a step for the duration of a ``with`` block; an exception out of the block marks it failed."""
        ...

    def say(self, line: str) -> None:
        """One line that stays."""
        ...


class PlainProgress:
    """Lines that only ever append: for logs, pipes and CI."""

    def __init__(
        self,
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
        reminder_seconds: float = _REMINDER_SECONDS,
    ) -> None:
        self._stream = sys.stderr if stream is None else stream
        self._clock = clock
        self._reminder_seconds = reminder_seconds
        self._lock = threading.Lock()

    def say(self, line: str) -> None:
        with self._lock:
            self._stream.write(f"{line}\n")
            self._stream.flush()

    @contextlib.contextmanager
    def step(self, name: str, doing: str = "") -> Iterator[Step]:
        started = self._clock()
        self.say(f"{name}: {doing or 'started'}")
        over = threading.Event()
        step = _PlainStep(self, name)

        def remind() -> None:
            while not over.wait(self._reminder_seconds):
                self.say(f"{name}: still at it after {elapsed(self._clock() - started)}")

        threading.Thread(target=remind, daemon=True).start()
        try:
            yield step
        except BaseException:
            self.say(f"{name}: failed after {elapsed(self._clock() - started)}")
            raise
        finally:
            over.set()
        self.say(f"{name}: done in {elapsed(self._clock() - started)}")


class _PlainStep:
    def __init__(self, progress: PlainProgress, name: str) -> None:
        self._progress, self._name = progress, name

    def note(self, text: str) -> None:
        self._progress.say(f"{self._name}: {text}")


class LiveProgress:
    """A line a step with a spinner and a running clock, redrawn in place; only for a terminal."""

    def __init__(self, stream: TextIO | None = None) -> None:
        from rich.console import Console

        self._console = Console(file=sys.stderr if stream is None else stream, highlight=False)
        self._lock = threading.Lock()
        self._display: RichProgress | None = None
        self._open_steps = 0

    def say(self, line: str) -> None:
        self._console.print(line, markup=False)

    @contextlib.contextmanager
    def step(self, name: str, doing: str = "") -> Iterator[Step]:
        display = self._acquire()
        task = display.add_task(name, total=None, doing=doing)
        started = time.monotonic()
        outcome = "[red]✗[/red]"
        try:
            yield _LiveStep(display, task)
            outcome = "[green]✓[/green]"
        finally:
            display.remove_task(task)
            self._console.print(f"{outcome} {name}  [dim]{elapsed(time.monotonic() - started)}[/dim]")
            self._release()

    def _acquire(self) -> RichProgress:
        from rich.progress import Progress as Display
        from rich.progress import SpinnerColumn, TextColumn, TimeElapsedColumn

        with self._lock:
            if self._display is None:
                columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
                self._display = Display(
                    *columns, TextColumn("[dim]{task.fields[doing]}"), console=self._console, transient=True
                )
                self._display.start()
            self._open_steps += 1
            return self._display

    def _release(self) -> None:
        with self._lock:
            self._open_steps -= 1
            if self._open_steps == 0 and self._display is not None:
                self._display.stop()
                self._display = None


class _LiveStep:
    def __init__(self, display: RichProgress, task: object) -> None:
        self._display, self._task = display, task

    def note(self, text: str) -> None:
        self._display.update(self._task, doing=text)  # pyright: ignore[reportArgumentType]


def for_stream(stream: TextIO | None = None) -> Progress:
    """The display that fits ``stream`` (standard error unless told)."""
    chosen = sys.stderr if stream is None else stream
    return LiveProgress(chosen) if chosen.isatty() else PlainProgress(chosen)
