"""What sources send: file formats, contracts, and how a raw record becomes a version of a concern or a rejection."""
