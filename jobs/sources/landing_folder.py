"""The landing folder: by default it is filled with samples, and elsewhere it is only read."""

from __future__ import annotations

import logging
from pathlib import Path

from lake import files
from lake.settings import settings
from schemas.contract_files import contracts, wrong_contracts
from schemas.laos import SYNTHETIC_LIST

log = logging.getLogger(__name__)


def fill_with_samples() -> None:
    """Puts samples into the landing folder, where it is the default one and holds nothing."""
    landing = default_folder()
    if settings().landing == str(landing) and not any(landing.glob("*")):
        from samples.generate import generate

        generate(landing)
        log.info(f"Samples were made in {landing}; SIANG_LANDING points at exports of your own.")


def default_folder() -> Path:
    return settings().home / "landing"


def holds_samples() -> bool:
    """Whether the landing folder is that of the samples, of which their list of LAOs tells.

    Samples lie in the landing folder only where nobody set another.
    """
    return settings().landing == str(default_folder()) and files.exists(f"{default_folder()}/{SYNTHETIC_LIST}")


def folders_without_contract() -> list[str]:
    """Folders of the landing folder that no contract speaks of; the samples keep their list of LAOs in one."""
    paths = {facts.path for facts in files.list_files(settings().landing) if "/" in facts.path} - {SYNTHETIC_LIST}
    return sorted({path.split("/", 1)[0] for path in paths} - set(contracts()) - set(wrong_contracts()))
