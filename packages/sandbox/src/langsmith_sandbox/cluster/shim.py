"""Parent of one container's process: keeps its log, and sees to it that nothing of it outlives the node agent.

Run as a plain script by an isolated interpreter (``python -I -S shim.py LOG LIMIT PROGRAM ARGUMENT...``) so that it
starts in milliseconds; it imports the standard library only. Its environment is the container's. Contract with the
agent:

- standard input is a pipe the agent holds open; when it closes, for whatever reason, everything here is killed at once;
- SIGTERM is passed on to the container's process group;
- output is written to LOG line by line as ``<RFC 3339 time> <stdout|stderr> <line>``;
- the exit code is the program's own, or 128 + signal. When the program ends, what it left running is killed;
- everything is killed when it holds more than LIMIT bytes of memory (0 for no limit), and this process then ends itself
  by the signal ``OUT_OF_MEMORY``, as no exit code is free to say so.
"""

from __future__ import annotations

import ctypes
import os
import selectors
import signal
import sys
import time
from typing import BinaryIO

PR_SET_PDEATHSIG = 1
PR_SET_CHILD_SUBREAPER = 36
OUT_OF_MEMORY = signal.SIGUSR2
CANNOT_RUN = 127
CHUNK = 65536
PAGE = os.sysconf("SC_PAGE_SIZE")
WATCH_SECONDS = 1.0  # between two looks at the memory; a kernel would not let it come so far


def main() -> None:
    """Run the program and exit as it does."""
    log_path, limit, *argv = sys.argv[1:]
    memory = _Memory(int(limit))
    # Orphans of the container become children of this process, so that they can be found and ended.
    _prctl(PR_SET_CHILD_SUBREAPER, 1)
    wakeup = _wake_on_signals()
    outputs = {name: os.pipe() for name in ("stdout", "stderr")}
    child = os.fork()
    if child == 0:
        _become(argv, outputs["stdout"][1], outputs["stderr"][1])
    for _, write_end in outputs.values():
        os.close(write_end)
    signal.signal(signal.SIGTERM, lambda *_: _signal_group(child, signal.SIGTERM))
    with open(log_path, "ab", buffering=0) as log:
        code = _supervise(child, {name: ends[0] for name, ends in outputs.items()}, wakeup, log, memory)
    if memory.exceeded:
        signal.signal(OUT_OF_MEMORY, signal.SIG_DFL)
        os.kill(os.getpid(), OUT_OF_MEMORY)
    os._exit(code)


def _become(argv: list[str], stdout: int, stderr: int) -> None:
    try:
        os.setsid()
        _prctl(PR_SET_PDEATHSIG, signal.SIGKILL)
        os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
        os.dup2(stdout, 1)
        os.dup2(stderr, 2)
        signal.set_wakeup_fd(-1)
        signal.signal(signal.SIGCHLD, signal.SIG_DFL)
        os.execvp(argv[0], argv)  # noqa: S606 - running what the Pod names is the point
    except OSError as problem:
        os.write(2, f"exec: {argv[0]}: {problem.strerror}\n".encode())
    finally:
        os._exit(CANNOT_RUN)


def _supervise(child: int, outputs: dict[str, int], wakeup: int, log: BinaryIO, memory: _Memory) -> int:
    selector = selectors.DefaultSelector()
    selector.register(0, selectors.EVENT_READ, "agent")
    selector.register(wakeup, selectors.EVENT_READ, "signal")
    streams = {name: _Stream(name, descriptor, log) for name, descriptor in outputs.items()}
    for stream in streams.values():
        selector.register(stream.descriptor, selectors.EVENT_READ, stream)
    code = None
    while code is None:
        ready = selector.select(memory.watch())
        for key, _ in ready:
            if isinstance(key.data, _Stream):
                if not key.data.copy():
                    selector.unregister(key.fd)
            elif key.data == "signal":
                os.read(wakeup, CHUNK)
                code = _reap(child)
            elif not os.read(0, 1):
                selector.unregister(0)
                _signal_group(child, signal.SIGKILL)
    _kill_rest()
    for stream in streams.values():
        stream.drain()
    return code


class _Memory:
    """What the container may hold, and what becomes of it if it holds more."""

    def __init__(self, limit: int) -> None:
        self._limit = limit
        self._due = 0.0
        self.exceeded = False

    def watch(self) -> float | None:
        """Kill everything if it is too much; seconds until the next look, None for never."""
        if not self._limit or self.exceeded:
            return None
        now = time.monotonic()
        if now >= self._due:
            self._due = now + WATCH_SECONDS
            pids = _descendants()
            if sum(map(_resident, pids)) > self._limit:
                self.exceeded = True
                for pid in pids:
                    _signal(pid, signal.SIGKILL)
                return None
        return self._due - now


def _descendants() -> list[int]:
    """The container's processes, whatever they call themselves."""
    found: list[int] = []
    unseen = [os.getpid()]
    while unseen:
        children = [child for pid in unseen for child in _children(pid)]
        found += children
        unseen = children
    return found


def _resident(pid: int) -> int:
    """Bytes of memory that a process has in use; shared ones count for each, which for a few processes is close."""
    try:
        with open(f"/proc/{pid}/statm") as statm:
            return int(statm.read().split()[1]) * PAGE
    except (OSError, IndexError):  # it has just ended
        return 0


class _Stream:
    """One output of the container, cut into lines."""

    def __init__(self, name: str, descriptor: int, log: BinaryIO) -> None:
        os.set_blocking(descriptor, False)
        self.descriptor = descriptor
        self._name = name.encode()
        self._log = log
        self._rest = b""

    def copy(self) -> bool:
        """Write what there is; false at the end of the stream."""
        try:
            data = os.read(self.descriptor, CHUNK)
        except BlockingIOError:
            return True
        *lines, self._rest = (self._rest + data).split(b"\n")
        self._write(lines)
        return bool(data)

    def drain(self) -> None:
        """Write all that is left, the unfinished last line included."""
        while True:
            before = self._rest
            if not self.copy() or self._rest == before:
                break
        if self._rest:
            self._write([self._rest])

    def _write(self, lines: list[bytes]) -> None:
        if lines:
            seconds, nanos = divmod(time.time_ns(), 1_000_000_000)
            stamp = time.strftime("%Y-%m-%dT%H:%M:%S", time.gmtime(seconds)).encode() + b".%09dZ" % nanos
            self._log.write(b"".join(b"%s %s %s\n" % (stamp, self._name, line) for line in lines))


def _reap(child: int) -> int | None:
    """Collect the dead; the program's exit code if it is among them."""
    code = None
    while True:
        try:
            pid, status = os.waitpid(-1, os.WNOHANG)
        except ChildProcessError:
            return code
        if pid == 0:
            return code
        if pid == child:
            code = os.waitstatus_to_exitcode(status)
            code = 128 - code if code < 0 else code


def _kill_rest() -> None:
    """Kill every descendant: each round the children of the killed become ours."""
    while True:
        for pid in _children(os.getpid()):
            _signal(pid, signal.SIGKILL)
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return


def _children(pid: int) -> list[int]:
    """Processes that any thread of a process has started."""
    found: list[int] = []
    try:
        for thread in os.listdir(f"/proc/{pid}/task"):
            with open(f"/proc/{pid}/task/{thread}/children") as listing:
                found += [int(child) for child in listing.read().split()]
    except OSError:  # it, or a thread of it, has just ended
        return found
    return found


def _wake_on_signals() -> int:
    read_end, write_end = os.pipe()
    os.set_blocking(read_end, False)
    os.set_blocking(write_end, False)
    signal.set_wakeup_fd(write_end)
    # Without a handler in Python the signal would not be written to the wake-up descriptor.
    signal.signal(signal.SIGCHLD, lambda *_: None)
    return read_end


def _signal_group(child: int, number: int) -> None:
    try:
        os.killpg(child, number)
    except ProcessLookupError:
        # Not yet a group leader: it has been forked but did not come to setsid.
        _signal(child, number)


def _signal(pid: int, number: int) -> None:
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return


def _prctl(option: int, value: int) -> None:
    ctypes.CDLL(None).prctl(option, value, 0, 0, 0)


if __name__ == "__main__":
    main()
