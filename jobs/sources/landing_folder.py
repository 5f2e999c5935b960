"""The landing folder. The default one is filled with samples; a folder that is set is only read."""

from __future__ import annotations

import logging
from pathlib import Path

from lake import files
from lake.settings import settings
from schemas.contract_files import contracts, wrong_contracts
from schemas.laos import SYNTHETIC_LIST

log = logging.getLogger(__name__)


def fill_with_samples() -> None:
    """Writes samples into the landing folder where it is the default one and is empty."""
    landing = default_folder()
    if settings().landing == str(landing) and not any(landing.glob("*")):
        from samples.generate import generate

        generate(landing)
        log.info(f"Samples were written to {landing}. Set SIANG_LANDING to a folder with your own exports.")


def default_folder() -> Path:
    """The landing folder that is used if ``SIANG_LANDING`` is not set."""
    return settings().home / "landing"


def holds_samples() -> bool:
    """Whether the landing folder is the default one and has the samples' list of LAOs."""
    return settings().landing == str(default_folder()) and files.exists(f"{default_folder()}/{SYNTHETIC_LIST}")


def folders_without_contract() -> list[str]:
    """Folders of the landing folder that no contract covers; that of the samples' list of LAOs is left out."""
    paths = {facts.path for facts in files.list_files(settings().landing) if "/" in facts.path} - {SYNTHETIC_LIST}
    return sorted({path.split("/", 1)[0] for path in paths} - set(contracts()) - set(wrong_contracts()))
