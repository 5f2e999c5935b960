"""The kinds of personal data, and their placeholders."""

from __future__ import annotations

import re

# All kinds; the placeholder of PHONE is ``[PHONE]``.
KINDS = (
    "ID", "PHONE", "EMAIL", "ACCOUNT", "PLATE", "HOUSE", "COORDINATES", "HANDLE", "LINK", "NAME",
)  # fmt: skip
PLACEHOLDER = re.compile(rf"\[({'|'.join(KINDS)})\]")
