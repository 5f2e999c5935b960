"""Checks: what must hold of rows before they are committed, and of whole tables at night."""

from jobs.quality.checks import check, check_table, guard, tables_with_suites

__all__ = ["check", "check_table", "guard", "tables_with_suites"]
