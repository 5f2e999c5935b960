"""The ledger of files, bronze.files: the key of a file, and the columns with the numbers of its commits."""

from __future__ import annotations

FILE_KEY = ["source_id", "file_sha256"]
"""Key of a file, in the ledger and in all tables with data from it."""

BATCH_COLUMNS = ("batch_id", "redated_batch_id", "reread_batch_id")
"""Numbers of the commits in which a file was ingested, got a new date, and was marked to be read again."""
