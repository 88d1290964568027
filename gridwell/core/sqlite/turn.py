"""Whose turn it is to write to a SQLite file (写入次序): first come, first served, across processes.

SQLite lets a second writer ask anew after pauses that grow to a tenth of a second; whoever asks at
the wrong moments waits for seconds while others pass. Here threads of a process stand in a line, and
the first of each line waits at two files beside the database, "-door" and "-turn": the turn belongs
to who writes, the door to who is next. Nobody asks for the turn but from the door, so a process that
has just written cannot overtake one that waits. The locks are the kernel's (`flock`): a process that
dies gives them up. Where there are none (Windows, a database in memory) only the threads stand in
line, and between processes it is as SQLite has it.
"""

import os
import threading
from collections import deque
from pathlib import Path
from time import monotonic, sleep

try:
    import fcntl
except ImportError:  # Windows
    HAS_FILE_LOCKS = False
else:
    HAS_FILE_LOCKS = True

PAUSE = 0.0005  # seconds between two looks at a file; one thread a process looks at a time


class Line:
    """A lock whose waiters get it in the order in which they came; `threading.Lock` lets some pass."""

    def __init__(self) -> None:
        self._mutex = threading.Lock()
        self._waiting: deque[threading.Lock] = deque()
        self._is_held = False

    def acquire(self, timeout: float) -> bool:
        """Wait for the lock; return whether it came in time."""
        with self._mutex:
            if not self._is_held:
                self._is_held = True
                return True
            place = threading.Lock()
            place.acquire()
            self._waiting.append(place)
        if place.acquire(timeout=timeout):
            return True
        with self._mutex:
            if place in self._waiting:
                self._waiting.remove(place)
                return False
        return True  # handed over in the very last moment

    def release(self) -> None:
        """Hand the lock to the next in line."""
        with self._mutex:
            if self._waiting:
                self._waiting.popleft().release()
            else:
                self._is_held = False


class FileLock:
    """A lock on a file, which processes see of each other; held by one thread of a process at most."""

    def __init__(self, path: str) -> None:
        self._file = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)

    def acquire(self, until: float) -> bool:
        """Wait for the lock until an instant of `monotonic`; return whether it came in time."""
        while not self._try():
            if monotonic() >= until:
                return False
            sleep(PAUSE)
        return True

    def _try(self) -> bool:
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True

    def release(self) -> None:
        """Give the lock up."""
        fcntl.flock(self._file, fcntl.LOCK_UN)

    def close(self) -> None:
        """Close the file, and with it whatever this process holds of the lock."""
        os.close(self._file)


class Turn:
    """The right to write to one database file. `path` None: only threads of this process ask for it."""

    def __init__(self, path: str | None) -> None:
        self.path = path
        self._line = Line()
        self._door: FileLock | None = None
        self._turn: FileLock | None = None
        if path is not None and HAS_FILE_LOCKS:
            # A file system without such locks, or a folder that cannot be written: as without them.
            try:
                self._door, self._turn = FileLock(f"{path}-door"), FileLock(f"{path}-turn")
                if self._door.acquire(monotonic()):
                    self._door.release()
            except OSError:
                self.close()

    def acquire(self, timeout: float) -> bool:
        """Wait for the turn; return whether it came within `timeout` seconds."""
        until = monotonic() + timeout
        if not self._line.acquire(timeout):
            return False
        try:
            if self._wait_for_others(until):
                return True
        except BaseException:
            self._line.release()
            raise
        self._line.release()
        return False

    def _wait_for_others(self, until: float) -> bool:
        if self._door is None or self._turn is None:
            return True
        if not self._door.acquire(until):
            return False
        try:
            return self._turn.acquire(until)
        finally:
            self._door.release()

    def release(self) -> None:
        """Give the turn up."""
        try:
            if self._turn is not None:
                self._turn.release()
        finally:
            self._line.release()

    def close(self) -> None:
        """Close the files; from now on only threads are kept in line."""
        locks, self._door, self._turn = (self._door, self._turn), None, None
        for lock in locks:
            if lock is not None:
                lock.close()


_turns: dict[str, Turn] = {}
_making = threading.Lock()


def turn_at(name: str) -> Turn:
    """Return the turn at a database by its name in the settings; one for all threads of the process."""
    turn = _turns.get(name)
    if turn is None:
        with _making:
            turn = _turns.get(name)
            if turn is None:
                in_memory = name.startswith(("file:", ":memory:"))
                turn = _turns[name] = Turn(None if in_memory else str(Path(name).absolute()))
    return turn


def _leave_behind() -> None:
    """Forget, in a forked child, the turns of the parent: a shared open file would share its lock."""
    global _making
    _making = threading.Lock()
    while _turns:
        _turns.popitem()[1].close()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_leave_behind)
