"""The place that the evidence of one record names: code, fields, address, coordinates, the citizen's words.

Precision before recall: a district must lie in the province and a subdistrict in the district, a name
that several areas bear stays open (and is flagged) without the level above it, and the name of a province
that belongs to a road, a village or a school is none.
"""

from nlp.places.address import village_no
from nlp.places.evidence import resolve
from nlp.places.place import NOWHERE, Place

__all__ = ["NOWHERE", "Place", "resolve", "village_no"]
