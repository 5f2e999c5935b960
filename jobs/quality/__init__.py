"""Data quality checks: of rows before they are committed, and of whole tables every night."""

from jobs.quality.checks import check, check_table, tables_with_suites, validate_or_raise

__all__ = ["check", "check_table", "tables_with_suites", "validate_or_raise"]
