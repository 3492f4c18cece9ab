"""Statements that are often written and wrong, each with the right fact, a signature that recognises it, and a proof."""

from __future__ import annotations

import json
import re
import tomllib
from functools import cache
from pathlib import Path
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field, ValidationError

from checking.proofs import Assertion
from core.errors import SettingsError
from core.types import Frozen

FOLDER = Path(__file__).parent / "errata"
FORBIDDEN = "!"
"""Begins a group of a form that must not be found."""
Verdict = Literal["wrong", "imprecise", "garbled", "contradiction", "outdated"]


def read_inputs(given: Any) -> Any:
    """Inputs as a table, or as a JSON object in a string where they need a null, which TOML lacks.

    Examples
    --------
    >>> read_inputs('{"rows": [[1, null]]}')
    {'rows': [[1, None]]}
    """
    return json.loads(given) if isinstance(given, str) else given


class Erratum(Frozen):
    """One wrong claim.

    In the signature ``|`` separates alternatives, ``...`` stands for up to six words, and words are compared by their stems.

    Attributes
    ----------
    id : str
        Words joined by hyphens.
    claim : str
        What is wrongly said, as a clause that can follow "says that".
    correct : str
        The right fact in one or two sentences that stand by themselves.
    verdict : str
        In which way the claim fails.
    severity : int
        1 misleads whoever believes it, 2 is imprecise, 3 is cosmetic.
    topic : tuple of str
        Each must be found in the sentence or in its headings.
    says : tuple of str
        Each must be found in the sentence.
    forms : tuple of tuple of str
        Other ways to make the claim: each group of a form must be found in the sentence, near together in any order; a
        group that begins with ``!`` must not be found.
    means : tuple of tuple of str
        What the claim says of its topic, as groups of words: what has all of a row's groups, in these words or in synonyms and
        in any order, may make the claim; the model of `checking.entailment` decides.
    asked : tuple of str
        Each must be found in a question that takes the claim for granted.
    patterns : tuple of str
        Regular expressions over the raw sentence, each of which must be found: for formulas and code.
    unless : str
        Where this is found in the sentence, it does not make the claim.
    negated : bool
        Whether the claim itself denies something; any other claim is not made by a sentence with a negation.
    examples : tuple of str
        Sentences that make the claim.
    right : tuple of str
        True sentences that look like the claim.
    proof : str or None
        Algorithm whose run shows the right fact, run on `inputs` or else on its example.
    shows : tuple of Assertion
        What that run shows: without it, the run proves nothing.
    if_claimed : tuple of Assertion
        What it would show if the claim were right; each is false.
    reference : str or None
        Literature that states the right fact.
    """

    id: str = Field(pattern=r"^[a-z0-9]+(-[a-z0-9]+)*$")
    claim: str = Field(min_length=8)
    correct: str = Field(min_length=20)
    verdict: Verdict = "wrong"
    severity: int = Field(ge=1, le=3)
    topic: tuple[str, ...] = ()
    says: tuple[str, ...] = ()
    forms: tuple[tuple[str, ...], ...] = ()
    means: tuple[tuple[str, ...], ...] = ()
    asked: tuple[str, ...] = ()
    patterns: tuple[str, ...] = ()
    unless: str = ""
    negated: bool = False
    examples: tuple[str, ...] = Field(min_length=1)
    right: tuple[str, ...] = ()
    proof: str | None = None
    inputs: Annotated[dict[str, Any] | None, BeforeValidator(read_inputs)] = None
    shows: tuple[Assertion, ...] = ()
    if_claimed: tuple[Assertion, ...] = ()
    reference: str | None = None


@cache
def errata() -> tuple[Erratum, ...]:
    """All entries of the book that comes with Vouch, by file and place.

    Examples
    --------
    >>> len({entry.id for entry in errata()}) == len(errata())
    True
    """
    return load(FOLDER)


def load(folder: Path) -> tuple[Erratum, ...]:
    """Read every ``*.toml`` of a folder.

    Raises
    ------
    SettingsError
        If a file is no TOML, an entry is incomplete or matches everything, or two entries share an id.
    """
    entries: dict[str, Erratum] = {}
    for path in sorted(folder.glob("*.toml")):
        for number, raw in enumerate(_tables(path), start=1):
            entry = _entry(path, number, raw)
            if entry.id in entries:
                raise SettingsError(f"two errata are called {entry.id!r}", fix=f"rename the one in {path.name}")
            entries[entry.id] = entry
    return tuple(entries.values())


def _tables(path: Path) -> list[dict[str, Any]]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except tomllib.TOMLDecodeError as error:
        raise SettingsError(f"{path.name} is no TOML: {error}", fix="correct the file at that line") from error
    tables = content.get("erratum", [])
    if not isinstance(tables, list):
        raise SettingsError(f"{path.name} has no list of errata", fix="write each entry below [[erratum]]")
    return tables


def _entry(path: Path, number: int, raw: dict[str, Any]) -> Erratum:
    place = f"erratum {raw.get('id', number)} of {path.name}"
    try:
        entry = Erratum.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        field = ".".join(str(part) for part in first["loc"])
        raise SettingsError(f"{place}: {field}: {first['msg']}", fix="correct this field of the entry") from error
    if not (entry.says or entry.patterns or entry.forms) or not all(entry.forms):
        raise SettingsError(f"{place} matches every sentence on its topic", fix="give it `says`, `forms` or `patterns`")
    for pattern in entry.patterns:
        try:
            re.compile(pattern)
        except re.error as error:
            raise SettingsError(f"{place}: {pattern!r}: {error}", fix="correct the regular expression") from error
    return entry
