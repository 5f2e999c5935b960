"""Where commands print."""

from __future__ import annotations

import sys

from rich.console import Console

# A pipe has no width: lines are as long as they need to be.
out = Console(highlight=False, width=None if sys.stdout.isatty() else 240)
