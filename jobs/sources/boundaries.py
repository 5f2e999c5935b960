"""The boundary files of ``SIANG_BOUNDARIES``."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from nlp.places.boundaries import Boundaries


def load(files: tuple[str, ...]) -> Boundaries | None:
    """The boundaries of areas for placing coordinates, read once per process; None without files.

    Raises UserError where a file is wrong.
    """
    if not files:
        return None
    from nlp.places.boundaries import load_boundaries  # shapely is loaded only where it is used

    return load_boundaries(files)
