"""Errors that the user can act on: what was found, what was expected, what to do.

They are raised inside and translated once, at the edge (command line, page, job record).
"""


class SunspotError(Exception):
    """Base of all; its text is a sentence for the user."""


class ImageError(SunspotError):
    """A file that is no image, is damaged, or is too large."""


class NoDiskError(SunspotError):
    """A page on which no solar limb is found."""


class CocoError(SunspotError):
    """An annotation file that cannot be used at all."""


class ModelError(SunspotError):
    """A model that is missing, damaged, or not one of this program's."""


class WorkspaceError(SunspotError):
    """A file or folder of the workspace that cannot be read or written."""


class ParameterError(SunspotError):
    """A parameter out of its range, or one that fits nothing."""


class TrainingError(SunspotError):
    """A training that cannot go on."""
