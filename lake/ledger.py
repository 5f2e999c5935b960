"""The ledger of files, bronze.files: what names a file, and the columns that number its commits."""

from __future__ import annotations

FILE_KEY = ["source_id", "file_sha256"]
"""Columns that name a file, in the ledger and in all that was read from it."""

BATCH_COLUMNS = ("batch_id", "redated_batch_id", "reread_batch_id")
"""Numbers of the commits in which a file came in, was dated anew, and is to be read again."""
