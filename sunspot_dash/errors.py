"""The errors that a user can act on; a message states the fault, the expected value and what to do.

Functions raise one of these; the command line, a page or a job converts it to a message once, at the edge.
"""

from collections.abc import Mapping


class SunspotError(Exception):
    """Base class of the errors below.

    Attributes:
        reason: the message without the file name, for lists that already show the name.
    """

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(f"{name}: {reason}" if name else reason)
        self.reason = reason


class ImageError(SunspotError):
    """A file is not a usable image."""


class NoDiskError(SunspotError):
    """A drawing shows no solar disk."""


class CocoError(SunspotError):
    """An annotation file cannot be used at all."""


class SeriesError(SunspotError):
    """A file of sunspot numbers, SILSO's or observers', is not usable."""


class ModelError(SunspotError):
    """A model's weights or card are missing, damaged, or in the wrong format."""


class WorkspaceError(SunspotError):
    """The workspace cannot be read or written: a full disk, no permission, a damaged file."""


class ParameterError(SunspotError):
    """A given value is out of range or inconsistent with other values."""


class ConflictError(SunspotError):
    """Another person has changed the same thing in the meantime; nothing was written."""


class UndecidedError(ParameterError):
    """The categories of the labels do not show which ones are spots; the user has to choose.

    Attributes:
        counts: number of labels by category.
    """

    def __init__(self, reason: str, counts: Mapping[str, int]) -> None:
        super().__init__(reason)
        self.counts = dict(counts)


class TrainingError(SunspotError):
    """A training could not continue."""


class QueueError(SunspotError):
    """The job queue cannot be used, or a job's state does not allow the requested action."""


class NoJobError(QueueError):
    """The queue has no job of a number; it may have been removed from the list."""


class QueueUnavailableError(QueueError):
    """The job queue cannot be reached now, but perhaps later: Redis is away, or its file is locked.

    Attributes:
        retrying: the message while the program tries again.
    """

    def __init__(self, name: str, reason: str, advice: str) -> None:
        super().__init__(f"the queue ({name}) cannot be reached ({reason}): {advice}")
        self.retrying = f"the queue ({name}) cannot be reached, retrying ({reason})"


class Stopped(SunspotError):
    """Work was stopped on request; finished parts are kept."""
