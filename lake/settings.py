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

    home: Path = Field(default=PROJECT / ".siang", description="folder for all that is not set below")
    landing: str = Field(
        default="", description="root with one folder of exports per source, only read; '' = landing in SIANG_HOME"
    )
    lake: str = Field(default="", description="root of silver, gold, reference and ops; '' = lake in SIANG_HOME")
    restricted: str = Field(
        default="",
        description="root of the archive and of bronze; '' = restricted in SIANG_HOME, or the address of SIANG_LAKE "
        "with -restricted after it, where that is set",
    )
    extracts: str = Field(default="", description="root of the extracts; '' = extracts in SIANG_HOME")
    jars: Path = Field(
        default=PROJECT / ".venv" / "jars", description="folder of Delta's JARs, and of those of S3 after make setup-s3"
    )
    spark: str = Field(
        default="", description="'' = the Connect server of the lake, 'local' = this process, or 'sc://host:port'"
    )
    spark_token: SecretStr = Field(default=SecretStr(""), description="token of the server that SIANG_SPARK names")
    spark_cores: int = Field(default=0, ge=0, description="cores of our own server; 0 = all cores of this machine")
    spark_memory: str = Field(
        default="3g", pattern=r"^\d+[gm]$", description="memory of our own server, such as 3g or 900m"
    )
    s3_endpoint: str = Field(default="", description="address of an S3 store; '' = AWS")
    boundaries: str = Field(
        default="",
        description="GeoJSON or TopoJSON files of provinces, districts or subdistricts with official codes, separated "
        "by commas, that place coordinates; '' = coordinates place nothing",
    )
    vacuum_hours: int = Field(
        default=168, ge=0, description="how many hours siang maintain keeps files that no version needs"
    )
    checkpoint_interval: int = Field(default=10, ge=1, description="commits between two checkpoints of a table")
    retention_days: int = Field(default=0, ge=0, description="how many days raw records are kept; 0 = for ever")
    laos: str = Field(default="", description="list of LAOs, CSV or XLSX; '' = the built-in PAOs, Bangkok and Pattaya")
    population: str = Field(
        default="", description="newer and finer population, CSV or XLSX; '' = provinces, June 2564 (2021)"
    )
    plan_programmes: str = Field(
        default="",
        description="which LAO plans which topic under another programme, CSV or XLSX with lao_code, topic_id and "
        "programme_id; '' = schemas/plan/topic_programmes.csv for all",
    )
    response_days: int = Field(default=15, ge=1, description="within how many days an answer is in time")
    response_calendar: Literal["calendar", "working"] = Field(
        default="calendar", description="whether these are calendar days or working days"
    )
    holidays: str = Field(default="", description="list of public holidays, CSV or XLSX, for working days")
    extract_versions: int = Field(default=0, ge=0, description="number of versions of extracts to keep; 0 = all")

    config: str = Field(default="", description="folder of contracts, topics, labels and words of one's own")
    log: Literal["text", "json"] = Field(default="text", description="what commands log: lines for people, or JSON")
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
