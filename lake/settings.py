"""All settings, read from ``SIANG_*`` environment variables. No other module reads them."""

from __future__ import annotations

import hashlib
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from schemas.errors import UserError

PROJECT = Path(__file__).resolve().parent.parent


class Settings(BaseSettings):
    """Where Siang stores data and where Spark runs.

    Roots (``lake``, ``restricted``, ``landing``, ``extracts``) are folders or ``s3a://bucket/prefix``
    addresses; by default they are below ``home``. Credentials of an object store come from the environment
    (``AWS_ACCESS_KEY_ID`` and related variables), not from here.
    """

    model_config = SettingsConfigDict(env_prefix="SIANG_", extra="ignore", frozen=True)

    home: Path = PROJECT / ".siang"
    landing: str = ""
    lake: str = ""
    restricted: str = ""
    extracts: str = ""
    jars: Path = PROJECT / ".venv" / "jars"
    spark: str = Field(
        default="", description="'' = the Connect server of the lake, 'local' = this process, or 'sc://host:port'"
    )
    spark_token: SecretStr = SecretStr("")
    spark_cores: int = Field(default=0, ge=0, description="0 = all cores of this machine")
    spark_memory: str = Field(default="3g", pattern=r"^\d+[gm]$")
    s3_endpoint: str = ""
    boundaries: str = Field(
        default="", description="GeoJSON or TopoJSON files of areas for locating coordinates, separated by commas"
    )
    vacuum_hours: int = Field(default=168, ge=0, description="how long files of old table versions are kept")
    checkpoint_interval: int = Field(default=10, ge=1, description="commits between two checkpoints of a table")
    retention_days: int = Field(default=0, ge=0, description="how long raw records are kept; 0 = forever")
    laos: str = Field(default="", description="list of LAOs, CSV or XLSX; '' = only the built-in ones")
    population: str = Field(default="", description="additional population figures, CSV or XLSX")
    plan_programmes: str = Field(default="", description="programmes of topics by LAO, CSV or XLSX")
    response_days: int = Field(default=15, ge=1, description="number of days within which a response is in time")
    response_calendar: Literal["calendar", "working"] = Field(
        default="calendar", description="whether response_days are calendar days or working days"
    )
    holidays: str = Field(default="", description="list of public holidays, CSV or XLSX, for working days")
    extract_versions: int = Field(default=0, ge=0, description="number of versions of extracts to keep; 0 = all")

    log: Literal["text", "json"] = Field(default="text", description="format of the log: text lines, or JSON")
    warnings: Path | None = Field(default=None, description="file to which warnings are written; set by DAG tasks")

    @model_validator(mode="after")
    def _fill_roots(self) -> Settings:
        home = self.home.expanduser().resolve()
        object.__setattr__(self, "home", home)
        if self.lake and not self.restricted:  # each lake has its own archive and bronze
            object.__setattr__(self, "restricted", f"{self.lake.rstrip('/')}-restricted")
        for name in ("landing", "lake", "restricted", "extracts"):
            value = getattr(self, name) or str(home / name)
            if value.startswith("s3://"):
                raise UserError(f"SIANG_{name.upper()} is {value}", "write s3a:// instead of s3://, as Spark does")
            object.__setattr__(self, name, value if "://" in value else str(Path(value).expanduser().resolve()))
        for name in ("laos", "population", "plan_programmes", "holidays"):
            if (value := getattr(self, name)) and "://" not in value:
                object.__setattr__(self, name, str(Path(value).expanduser().resolve()))
        return self

    @property
    def archive(self) -> str:
        """Root of the archived files, with one folder per source; restricted."""
        return f"{self.restricted}/archive"

    @property
    def boundary_files(self) -> tuple[str, ...]:
        """Paths of the boundary files; without any, coordinates are not located."""
        return tuple(
            str(Path(path.strip()).expanduser().resolve()) for path in self.boundaries.split(",") if path.strip()
        )

    @property
    def models(self) -> str:
        """Root of the stored topic models."""
        return f"{self.lake}/models"

    @property
    def run_folder(self) -> Path:
        """Local folder for locks, server state and logs of this lake.

        It is inside a local lake, so that all its writers use the same lock; for a lake on an object store it is below
        ``home``.
        """
        if "://" not in self.lake:
            return Path(self.lake) / ".run"
        return self.home / "run" / hashlib.sha256(self.lake.encode()).hexdigest()[:12]


@lru_cache(maxsize=1)
def settings() -> Settings:
    """The settings of this process. Raises UserError where one is invalid."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors()[0]
        name = f"SIANG_{str(first['loc'][0]).upper()}"
        raise UserError(f"{name} is {first['input']}", f"correct it in the environment ({first['msg']})") from None
