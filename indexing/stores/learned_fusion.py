"""Fusion weights that a collection learned from judged queries, kept with it."""

from __future__ import annotations

import sqlite3
from typing import Literal

from pydantic import Field

from core.types import Frozen
from indexing.stores.database import read_meta, write_meta

META_KEY = "fusion"


class LearnedFusion(Frozen):
    """Weights of the stages, and what shows that they gain.

    Attributes
    ----------
    bm25, dense, colbert : float
        Weights of the standardised scores.
    scale : {"z", "range"}
        How a stage's scores are standardised: by mean and deviation, or by minimum and maximum.
    kept : bool
        Whether they gained significantly out of fold; else they are on record and not used.
    measure : str
        ir_measures name of what was compared.
    default, learned : float
        Its mean over the queries with the label-free default, and out of fold with weights learned on the other folds.
    p_value : float
        Two-sided, paired randomisation test between the two.
    queries, folds : int
        How many.
    judgements : str
        Where the judgements come from, for people.
    query_ids : tuple of str
        The judged queries, so that an evaluation on one of them can be refused.
    encoder : str
        Fingerprint of the encoder; weights of another one mean nothing.
    """

    bm25: float = Field(ge=0)
    dense: float = Field(ge=0)
    colbert: float = Field(ge=0)
    scale: Literal["z", "range"]
    kept: bool
    measure: str
    default: float
    learned: float
    p_value: float
    queries: int
    folds: int
    judgements: str
    query_ids: tuple[str, ...]
    encoder: str

    @property
    def weights(self) -> dict[str, float]:
        """By stage."""
        return {"bm25": self.bm25, "dense": self.dense, "colbert": self.colbert}


def read_learned(connection: sqlite3.Connection) -> LearnedFusion | None:
    """What a collection learned; None where it learned nothing, or did with another encoder than its present one.

    Raises
    ------
    pydantic.ValidationError
        If the record is damaged.
    """
    record = read_meta(connection, META_KEY)
    if record is None:
        return None
    learned = LearnedFusion.model_validate_json(record)
    return learned if learned.encoder == read_meta(connection, "encoder") else None


def write_learned(connection: sqlite3.Connection, learned: LearnedFusion | None) -> None:
    """Keep what was learned, or forget it; part of the caller's transaction."""
    if learned is None:
        connection.execute("DELETE FROM meta WHERE key = ?", (META_KEY,))
    else:
        write_meta(connection, META_KEY, learned.model_dump_json())
