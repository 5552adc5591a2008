"""How a command ends when its output has nowhere to go, or when somebody ends it: with a message, never a traceback."""

from __future__ import annotations

import errno
import io
import os
import signal
import sys
import threading
from collections.abc import Callable
from typing import Any, NoReturn, TextIO

__all__ = ["OutputLost", "exit_code_of", "run_to_the_end"]

BAD_OUTPUT = 2
READER_GONE = 141
"""Exit code when whoever read stdout has gone, as of any program that SIGPIPE ends."""


AGAIN_S = 0.05
"""An interrupt that comes while Python runs a function whose errors it drops is sent again after this time [s]."""


class OutputLost(Exception):
    """Stdout cannot be written to.

    Attributes
    ----------
    error : OSError
        What the system said.
    """

    def __init__(self, error: OSError) -> None:
        super().__init__(str(error))
        self.error = error


class Ended(KeyboardInterrupt):
    """The system asked the process to end; what is done about it is what is done about an interrupt.

    Attributes
    ----------
    number : int
        Of the signal.
    """

    def __init__(self, number: int) -> None:
        super().__init__()
        self.number = number


def exit_code_of(interrupt: KeyboardInterrupt) -> int:
    """Exit code of an interrupted command: 128 and the number of the signal."""
    return 128 + int(interrupt.number if isinstance(interrupt, Ended) else signal.SIGINT)


def run_to_the_end(command: Callable[[], object]) -> NoReturn:
    """Run a command line; text that the console cannot show is escaped, and every end is an exit code."""
    code: Any = 0
    try:
        _prepare_streams()
        _listen()
        try:
            command()
        finally:
            sys.stdout.flush()
    except SystemExit as end:
        code = end.code
    except OutputLost as lost:
        code = READER_GONE
        if lost.error.errno not in (errno.EPIPE, errno.EINVAL):  # the latter where pipes are those of Windows
            code = BAD_OUTPUT
            said = f"{lost.error.strerror or lost.error}; send it elsewhere"
            print(f"Error: the report could not be written to stdout: {said}", file=sys.stderr)
    except KeyboardInterrupt as interrupt:
        code = exit_code_of(interrupt)
    sys.exit(code)


def _prepare_streams() -> None:
    """Make stdout and stderr ready for whatever may happen to them."""
    closed = sys.stdout is None
    for name in ("stdin", "stdout", "stderr"):
        if getattr(sys, name) is None:  # no later file may get its number
            mode = "r" if name == "stdin" else "w"
            setattr(sys, name, open(os.devnull, mode, encoding="utf-8"))
    sys.stdout = _ready(sys.stdout, told=True)
    sys.stderr = _ready(sys.stderr, told=False)
    if closed:
        raise OutputLost(OSError(errno.EBADF, "it is closed"))


def _ready(stream: TextIO, told: bool) -> TextIO:
    """The same stream, which escapes what it cannot encode; what cannot be written is told, or dropped."""
    if not isinstance(stream, io.TextIOWrapper):  # a test or an editor put something of its own there
        return stream
    stream.flush()
    return io.TextIOWrapper(
        io.BufferedWriter(_Channel(stream, told)),
        encoding=stream.encoding,
        errors="backslashreplace",
        line_buffering=stream.line_buffering or not told,
        write_through=stream.write_through,
    )


class _Channel(io.RawIOBase):
    """The bytes of a stream, on their way out."""

    def __init__(self, stream: io.TextIOWrapper, told: bool) -> None:
        self._stream = stream  # which closes what is below it when nobody holds it any more
        self._below: Any = getattr(stream.buffer, "raw", stream.buffer)
        self._told = told
        self._lost = False

    def write(self, data: Any) -> int | None:
        """Write, or raise OutputLost once; what comes after is dropped."""
        if not self._lost:
            try:
                written: int | None = self._below.write(data)
                return written
            except OSError as error:
                self._lost = True
                if self._told:
                    raise OutputLost(error) from None
        return len(data)

    def writable(self) -> bool:
        return True

    def isatty(self) -> bool:
        return bool(self._below.isatty())

    def fileno(self) -> int:
        return int(self._below.fileno())


def _listen() -> None:
    """Let the requests of the system to end be interrupts, so that what is unfinished is cleared away."""
    for name in ("SIGTERM", "SIGHUP"):
        number = getattr(signal, name, None)
        if number is not None and signal.getsignal(number) is signal.SIG_DFL:
            signal.signal(number, _end)
    others = sys.unraisablehook

    def heard(told: Any) -> None:
        if isinstance(told.exc_value, KeyboardInterrupt):
            again = threading.Timer(AGAIN_S, os.kill, (os.getpid(), exit_code_of(told.exc_value) - 128))
            again.daemon = True
            again.start()
        else:
            others(told)

    sys.unraisablehook = heard


def _end(number: int, _frame: object) -> NoReturn:
    raise Ended(number)
