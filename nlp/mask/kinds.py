"""The kinds of personal data, and the placeholders that stand for them."""

from __future__ import annotations

import re

# Every kind that can stand masked in a text: ``[PHONE]`` and so on.
KINDS = (
    "ID", "PHONE", "EMAIL", "ACCOUNT", "PLATE", "HOUSE", "COORDINATES", "HANDLE", "LINK", "NAME",
)  # fmt: skip
PLACEHOLDER = re.compile(rf"\[({'|'.join(KINDS)})\]")
