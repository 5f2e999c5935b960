"""Data Docs: the pages of Great Expectations about checks of whole tables. They have counts and no values."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from jobs.quality.suites import SuiteEntry
from jobs.quality.validate import (
    Outcome,
    Rows,
    batch_definition,
    gx_suite,
    import_gx,
    quiet_context,
    select_columns,
    to_outcomes,
)

SITE = "siang"
# Without examples, because a failing value may be personal data.
_COUNTS_ONLY = {"result_format": "BASIC", "partial_unexpected_count": 0}


class DataDocs:
    """The checks of one call, and the pages about them."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._context = quiet_context()
        self._context.add_data_docs_site(
            site_name=SITE,
            site_config={
                "class_name": "SiteBuilder",
                "site_index_builder": {"class_name": "DefaultSiteIndexBuilder"},
                "store_backend": {"class_name": "TupleFilesystemStoreBackend", "base_directory": str(folder)},
            },
        )

    def check(self, name: str, rows: Rows, entries: Iterable[SuiteEntry]) -> list[Outcome]:
        """Runs a suite on rows and stores the result for the pages."""
        gx = import_gx()
        entries = list(entries)
        frame, is_spark = select_columns(rows, entries, ())
        batch = batch_definition(self._context, name, is_spark=is_spark)
        suite = self._context.suites.add(gx_suite(name, entries))
        definition = gx.ValidationDefinition(data=batch, suite=suite, name=name)
        definition = self._context.validation_definitions.add(definition)
        result = definition.run(batch_parameters={"dataframe": frame}, result_format=_COUNTS_ONLY)
        return to_outcomes(result, ())

    def write(self) -> Path:
        """Writes the pages. Returns the path of the index page."""
        self._context.build_data_docs(site_names=[SITE])
        return self._folder / "index.html"
