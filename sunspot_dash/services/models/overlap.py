"""Work on many items in three stages, of which the first and the last run in threads beside the middle one."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from itertools import islice
from typing import TypeVar

Item = TypeVar("Item")
Read = TypeVar("Read")
Worked = TypeVar("Worked")
Written = TypeVar("Written")


def overlapped(
    items: Iterable[Item],
    read: Callable[[Item], Read],
    work: Callable[[Read], Worked],
    write: Callable[[Worked], Written],
    ahead: int,
) -> Iterator[Written]:
    """Yield write(work(read(item))) for each item, in their order.

    Args:
        work: runs in the thread of the caller, on one item at a time.
        ahead: items that are read ahead, and written meanwhile; with 0 each is finished before the next is read.

    Raises:
        any error of a stage, after the stages that have begun are finished.
    """
    if ahead == 0:
        yield from (write(work(read(item))) for item in items)
        return
    with ThreadPoolExecutor(ahead) as readers, ThreadPoolExecutor(ahead) as writers:
        source = iter(items)
        reading = deque(readers.submit(read, item) for item in islice(source, ahead))
        writing: deque[Future[Written]] = deque()
        while reading:
            found = reading.popleft().result()
            reading.extend(readers.submit(read, item) for item in islice(source, 1))
            writing.append(writers.submit(write, work(found)))
            while len(writing) > ahead or (writing and writing[0].done()):
                yield writing.popleft().result()
        while writing:
            yield writing.popleft().result()
