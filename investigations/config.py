"""Settings: one frozen dataclass, and the only file that reads the environment."""

from __future__ import annotations

import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

PROJECT = Path(__file__).resolve().parent.parent


class SettingsError(Exception):
    """A setting is missing or wrong; the message says which one and what to do."""


@dataclass(frozen=True, slots=True)
class Settings:
    """What one office runs with. Paths are absolute; `origin` is the public address of the web pages."""

    home: Path
    database_url: str
    secret_key: str
    origin: str = "http://127.0.0.1:8000"
    institution: str = "Fiscalía General del Estado"
    reserved_legend: str = (
        "Información reservada. Su acceso y uso se rigen por las disposiciones de la institución."
    )
    timezone: str = "America/Mexico_City"
    language: str = "es_MX"
    jurisdiction: str = "mx_cnpp"
    paper: str = "Letter"
    idle_minutes: int = 30
    session_hours: int = 12
    background: bool = True
    testing: bool = False

    @property
    def index_dir(self) -> Path:
        return self.home / "index"

    @property
    def printed_dir(self) -> Path:
        return self.home / "printed"

    @property
    def imports_dir(self) -> Path:
        return self.home / "imports"

    @property
    def secure(self) -> bool:
        """True when the office is served over TLS: cookies are then `Secure` and `__Host-` prefixed."""
        return self.origin.startswith("https://")

    @classmethod
    def from_env(cls) -> Settings:
        """Settings from `ESCLARECE_*` variables and the data folder; makes the folder and its secret once."""
        home = Path(os.environ.get("ESCLARECE_HOME", "var")).resolve()
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        url = os.environ.get("ESCLARECE_DATABASE_URL") or f"sqlite:///{home / 'esclarece.db'}"
        chosen = {
            field: os.environ[name]
            for field, name in _OPTIONAL.items()
            if os.environ.get(name)
        }
        _check(chosen, url)
        return cls(home=home, database_url=_driver(url), secret_key=_secret(home), **chosen)  # type: ignore[arg-type]

    @classmethod
    def exist(cls) -> bool:
        """False when the data folder has no database and none is named elsewhere: only `init` may make one."""
        named = os.environ.get("ESCLARECE_DATABASE_URL")
        return bool(named) or (Path(os.environ.get("ESCLARECE_HOME", "var")) / "esclarece.db").exists()


_OPTIONAL = {
    "origin": "ESCLARECE_ORIGIN",
    "institution": "ESCLARECE_INSTITUTION",
    "reserved_legend": "ESCLARECE_RESERVED_LEGEND",
    "timezone": "ESCLARECE_TIMEZONE",
    "language": "ESCLARECE_LANGUAGE",
    "jurisdiction": "ESCLARECE_JURISDICTION",
    "paper": "ESCLARECE_PAPER",
}


_ALLOWED = {"language": ("es_MX", "en"), "paper": ("Letter", "Oficio", "A4")}


def _check(chosen: dict[str, str], url: str) -> None:
    """Raise SettingsError for what would only fail later, in the middle of somebody's work."""
    for field, allowed in _ALLOWED.items():
        if field in chosen and chosen[field].lower() not in [value.lower() for value in allowed]:
            raise SettingsError(f"{_OPTIONAL[field]} is {chosen[field]!r}: choose from {', '.join(allowed)}")
    try:
        ZoneInfo(chosen.get("timezone", "UTC"))
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise SettingsError(f"ESCLARECE_TIMEZONE is {chosen['timezone']!r}: write a name such as America/Mexico_City") from None
    if not chosen.get("origin", "http://").startswith(("http://", "https://")):
        raise SettingsError(f"ESCLARECE_ORIGIN is {chosen['origin']!r}: write the address of the office, with https://")
    if url.rstrip("/") in ("sqlite:", "sqlite:///:memory:"):
        raise SettingsError("ESCLARECE_DATABASE_URL names no file: a database in memory would forget everything")


def _driver(url: str) -> str:
    """`postgresql://` and `postgres://` addresses use the psycopg driver that we install."""
    for prefix in ("postgresql://", "postgres://"):
        if url.startswith(prefix):
            return "postgresql+psycopg://" + url.removeprefix(prefix)
    return url


def _secret(home: Path) -> str:
    """The office's own signing secret, made at the first start: there is no default one."""
    path = home / "secret_key"
    if not path.exists():
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w") as file:
            file.write(secrets.token_urlsafe(48))
    secret = path.read_text().strip()
    if len(secret) < 32:
        raise SettingsError(f"{path} is too short to be a secret: delete it, a new one is made at the next start")
    return secret
