"""What several tests of jobs need."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from lake.settings import settings


@pytest.fixture
def extracts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The extracts root of this test alone."""
    monkeypatch.setenv("SIANG_EXTRACTS", str(tmp_path))
    settings.cache_clear()
    yield tmp_path
    settings.cache_clear()
