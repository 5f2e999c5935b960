"""The boundary files of SIANG_BOUNDARIES, as jobs use them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from lake.faults import Fault

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries


def load(files: tuple[str, ...]) -> Boundaries | None:
    """What places coordinates, read once in a process; None without files. Raises Fault for a wrong file."""
    if not files:
        return None
    from nlp.places.boundaries import load_boundaries  # shapely is loaded only where it is used

    try:
        return load_boundaries(files)
    except ValueError as error:
        what, _, mend = str(error).rpartition(": ")
        raise Fault(what, mend) from error
