"""What is set wrongly is told by the name of its variable."""

from __future__ import annotations

import pytest

from lake.settings import settings
from schemas.errors import UserError


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("SIANG_SPARK_MEMORY", "lots"),
        ("SIANG_RESPONSE_DAYS", "abc"),
        ("SIANG_RESPONSE_CALENDAR", "lunar"),
        ("SIANG_LANDING", "s3://bucket"),
    ],
)
def test_a_setting_that_cannot_be_is_named(monkeypatch: pytest.MonkeyPatch, name: str, value: str):
    monkeypatch.setenv(name, value)
    settings.cache_clear()
    with pytest.raises(UserError, match=f"{name} is {value}"):
        settings()
    monkeypatch.undo()
    settings.cache_clear()
