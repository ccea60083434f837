"""A reader process: `python -m sunspot_dash.web.readers.child FD` runs the functions sent to it over a socket.

It ends with the server, whatever ends the server, and by itself after a while without work.
"""

from __future__ import annotations

import ctypes
import os
import pickle
import select
import sys
import threading
import traceback
from collections.abc import Callable
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from sunspot_dash.errors import SunspotError

IDLE_SECONDS = 20.0
MEMORY_BYTES = 1500 * 2**20  # a picture or label file that needs more is refused
KILLED_FIRST = "900"  # when the machine runs out of memory
NO_MEMORY = "it needs more memory than a file may take here: split it, or scan it at a lower resolution"
# Kinds of messages to the server.
REPORT, DONE, RAISED = "report", "done", "raised"


def serve(connection: Connection) -> None:
    """Answer requests one after another: (function, arguments, whether it takes `report`)."""
    while connection.poll(IDLE_SECONDS):
        try:
            request = connection.recv()
        except EOFError:
            return
        connection.send((*_answer(connection, *request), _resident()))


def _answer(
    connection: Connection, function: Callable[..., Any], arguments: tuple[Any, ...], reports: bool
) -> tuple[str, Any]:
    def report(event: Any) -> None:
        connection.send((REPORT, event, 0))

    try:
        return DONE, function(*arguments, **({"report": report} if reports else {}))
    except MemoryError:
        return RAISED, SunspotError(NO_MEMORY)
    except Exception as error:
        return RAISED, _sendable(error)


def _sendable(error: Exception) -> Exception:
    """Return the error, or one with its text if it cannot be sent to another process."""
    if not isinstance(error, SunspotError):
        error.add_note(traceback.format_exc())
    try:
        pickle.loads(pickle.dumps(error))
    except Exception:
        return RuntimeError(traceback.format_exc())
    return error


def _resident() -> int:
    """Return unused memory to the system, and return the bytes that remain in use (0 if unknown)."""
    with suppress(OSError, AttributeError):  # other systems than Linux with glibc
        ctypes.CDLL(None).malloc_trim(0)
    try:
        pages = int(Path("/proc/self/statm").read_text().split()[1])
    except OSError:
        return 0
    return pages * os.sysconf("SC_PAGE_SIZE")


def _limit_memory() -> None:
    with suppress(ImportError, OSError, ValueError, AttributeError):
        import resource

        resource.setrlimit(resource.RLIMIT_DATA, (MEMORY_BYTES, MEMORY_BYTES))
    with suppress(OSError):
        Path("/proc/self/oom_score_adj").write_text(KILLED_FIRST)


def _end_with_server(descriptor: int) -> None:
    """End this process, whatever it does, once the server has closed its end of the socket."""
    poll = select.poll()
    poll.register(descriptor, 0)  # the end of the connection is always reported
    poll.poll()
    os._exit(0)


if __name__ == "__main__":
    os.nice(5)
    _limit_memory()
    threading.Thread(target=_end_with_server, args=(int(sys.argv[1]),), daemon=True).start()
    serve(Connection(int(sys.argv[1])))
