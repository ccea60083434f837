"""Every error that a user can act on. Its message says what was got, what was expected and what to do.

Inside, raise one of these; the command line, a page or a job translates it once, at the edge.
"""


class SunspotError(Exception):
    """Any of the errors below.

    Attributes:
        reason: what was wrong, without the name of the file: for a list that names it already.
    """

    def __init__(self, reason: str, name: str = "") -> None:
        super().__init__(f"{name}: {reason}" if name else reason)
        self.reason = reason


class ImageError(SunspotError):
    """A file is no image that can be used."""


class NoDiskError(SunspotError):
    """A page shows no solar disk."""


class CocoError(SunspotError):
    """A file of labels as a whole cannot be used."""


class SeriesError(SunspotError):
    """A file of sunspot numbers, SILSO's or observers', cannot be used."""


class ModelError(SunspotError):
    """A model's weights or card are missing, damaged, or of another kind."""


class WorkspaceError(SunspotError):
    """The workspace cannot be read or written: a full disk, no permission, a damaged file."""


class ParameterError(SunspotError):
    """A value that was asked for is out of its range or does not fit the others."""


class TrainingError(SunspotError):
    """A training could not go on."""


class QueueError(SunspotError):
    """The job queue cannot be reached, or cannot do what was asked of a job in its state."""


class Stopped(SunspotError):
    """Work ended because it was asked to; what it had finished is kept."""
