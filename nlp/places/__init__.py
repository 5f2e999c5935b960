"""The place of one record, from its evidence: code, fields, address, coordinates and the citizen's words.

Precision comes before recall. A district must lie in the province and a subdistrict in the district. A name that
several areas have is left open (and flagged) unless the area above it is known. The name of a province does not count
if it is part of the name of a road, a village or a school.
"""

from nlp.places.address import village_no
from nlp.places.evidence import resolve
from nlp.places.place import NOWHERE, Place

__all__ = ["NOWHERE", "Place", "resolve", "village_no"]
