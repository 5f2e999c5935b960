"""Checks: what must hold of rows before they are committed, and of whole tables at night."""

from jobs.quality.checks import check, check_table, tables_with_suites, validate_or_raise

__all__ = ["check", "check_table", "tables_with_suites", "validate_or_raise"]
