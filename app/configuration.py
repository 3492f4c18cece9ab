"""Read settings: defaults < ``vouch.toml`` < environment < flags, remembering where each value came from."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from core.errors import SettingsError
from core.settings import Settings

PREFIX = "VOUCH_"


@dataclass(frozen=True)
class Configuration:
    """Effective settings.

    Attributes
    ----------
    settings : Settings
        Validated.
    home : Path
        Where data lives.
    origins : dict
        Dotted key → ``file``, ``environment`` or ``flag``; what is missing is a default.
    file : Path or None
        The file that was read.
    """

    settings: Settings
    home: Path
    origins: dict[str, str]
    file: Path | None


def configure(
    flags: Mapping[str, Any] | None = None,
    *,
    environment: Mapping[str, str] | None = None,
    folder: Path | None = None,
) -> Configuration:
    """Read the settings that hold in `folder` (the current one by default).

    Parameters
    ----------
    flags : mapping, optional
        Dotted keys to values, strongest.
    environment : mapping, optional
        ``os.environ`` by default.

    Raises
    ------
    SettingsError
        If a file is no TOML, a key is unknown or a value is out of its bounds.

    Examples
    --------
    >>> configure({"answer.risk": 0.1}, environment={}, folder=Path("/nonexistent")).settings.answer.risk
    0.1
    """
    variables = os.environ if environment is None else environment
    here = folder or Path()
    home = Path(variables.get("VOUCH_HOME", "")) if variables.get("VOUCH_HOME") else here / ".vouch"
    file = next((p for p in (here / "vouch.toml", home / "vouch.toml") if p.is_file()), None)
    merged: dict[str, Any] = {}
    origins: dict[str, str] = {}
    if file is not None:
        for key, value in flatten(read_toml(file)).items():
            put(merged, key, value)
            origins[key] = "file"
    for key, value in from_environment(variables).items():
        put(merged, key, value)
        origins[key] = "environment"
    for key, value in (flags or {}).items():
        if value is not None:
            put(merged, key, value)
            origins[key] = "flag"
    try:
        settings = Settings.model_validate(merged)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        key = ".".join(str(part) for part in first["loc"])
        where = origins.get(key, "file")
        raise SettingsError(
            f"setting {key} ({where}): {first['msg']}", fix="`vouch config` lists all settings"
        ) from error
    return Configuration(settings, home, origins, file)


def read_toml(file: Path) -> dict[str, Any]:
    """Content of a TOML file.

    Raises
    ------
    SettingsError
        If it is no TOML.
    """
    try:
        return tomllib.loads(file.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{file}: {error}", fix="correct the file") from error


def flatten(nested: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested tables as dotted keys.

    Examples
    --------
    >>> flatten({"llm": {"backend": "none"}, "profile": "hub"})
    {'llm.backend': 'none', 'profile': 'hub'}
    """
    flat: dict[str, Any] = {}
    for key, value in nested.items():
        if isinstance(value, Mapping):
            flat.update(flatten(value, f"{prefix}{key}."))
        else:
            flat[f"{prefix}{key}"] = value
    return flat


def put(nested: dict[str, Any], key: str, value: Any) -> None:
    """Set a dotted key in nested dictionaries."""
    *groups, last = key.split(".")
    for group in groups:
        inner = nested.setdefault(group, {})
        if not isinstance(inner, dict):
            raise SettingsError(f"setting {group} is no group", fix="`vouch config` lists all settings")
        nested = inner
    nested[last] = value


def from_environment(variables: Mapping[str, str]) -> dict[str, str]:
    """Settings in the environment by dotted key; names that no setting has are other programs' affair.

    Examples
    --------
    >>> from_environment({"VOUCH_LLM__BACKEND": "none", "VOUCH_HOME": "/x", "HOME": "/root"})
    {'llm.backend': 'none'}
    """
    known = set(flatten(Settings().model_dump()))
    found = {}
    for name, value in variables.items():
        key = name.removeprefix(PREFIX).lower().replace("__", ".")
        if name.startswith(PREFIX) and key in known:
            found[key] = value
    return found
