"""A worker of gunicorn that serves with the web server of `serve`.

gunicorn's own workers keep a process or a thread busy while a slow client sends or reads. `gunicorn.conf.py` chooses
this one.
"""

from __future__ import annotations

import os
import select
import threading
from contextlib import suppress

from gunicorn.workers.base import Worker

from sunspot_dash.web.connections import THREADS, listening

CHECK_SECONDS = 1.0


class WaitressWorker(Worker):
    """Serves the app on gunicorn's sockets until gunicorn stops it."""

    def run(self) -> None:
        """Serve requests until asked to stop, then finish the open ones."""
        sockets = [listener.sock for listener in self.sockets]
        server = listening(self.wsgi, max(THREADS, self.cfg.threads), sockets=sockets)
        thread = threading.Thread(target=server.run, daemon=True)
        thread.start()
        while self.alive and thread.is_alive() and self.ppid == os.getppid():
            self.notify()
            # A signal wakes it up.
            if select.select([self.PIPE[0]], [], [], CHECK_SECONDS)[0]:
                with suppress(BlockingIOError):
                    os.read(self.PIPE[0], 4096)
        server.task_dispatcher.shutdown()
