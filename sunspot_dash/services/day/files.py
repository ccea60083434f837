"""The files of a day: written to the folder `output/days/DATE` of the workspace."""

from __future__ import annotations

from datetime import date as Date
from pathlib import Path

from sunspot_dash.errors import ParameterError
from sunspot_dash.services.catalogue.catalogue import Catalogue
from sunspot_dash.services.catalogue.sources import EITHER, source_of
from sunspot_dash.services.export.formats import FORMATS, export_file
from sunspot_dash.workspace import Workspace

# Name -> export format.
FORMS = {"numbers": "csv", "VOTable": "votable", "Debrecen": "dpd", "DigiSun": "digisun-sql"}


def write_files(catalogue: Catalogue, model: str, date: str) -> Path:
    """Write the files of a day, of the reviewed drawing where it is reviewed; return their folder.

    Raises:
        ParameterError: the date is not one, or the model has no result on it.
        WorkspaceError: a file cannot be written.
    """
    folder = folder_of(catalogue.workspace, date)
    source = source_of(model, EITHER)
    folder.mkdir(parents=True, exist_ok=True)
    for form in FORMS.values():
        export_file(catalogue, source, form, folder / f"{date}{FORMATS[form].suffix}", (date, date))
    return folder


def written(workspace: Workspace, date: str) -> tuple[float, list[str]] | None:
    """Return when the oldest file of a day was written (s since 1970), and the names in FORMS.

    None if a file is missing.
    """
    folder = folder_of(workspace, date)
    times = []
    for form in FORMS.values():
        try:
            times.append((folder / f"{date}{FORMATS[form].suffix}").stat().st_mtime)
        except OSError:
            return None
    return min(times), list(FORMS)


def folder_of(workspace: Workspace, date: str) -> Path:
    """Return the folder of the files of a day.

    Raises:
        ParameterError: the date is not one.
    """
    try:
        return workspace.days / Date.fromisoformat(date).isoformat()
    except ValueError as error:
        raise ParameterError(f"'{date}' is not a date: use YYYY-MM-DD") from error
