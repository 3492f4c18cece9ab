"""Fit the weights of ``checking/entailment.toml``: python scripts/fit_entailment.py [--write]

Learns from our own paraphrases and look-alikes of known wrong claims (``tests/checking``), from the book's examples, each
judged without itself, and from the sentences of the handbook, none of which states a wrong claim. Prints what is recognised
when the entries of a fold are left out. The held-out paraphrases are not read.
"""

from __future__ import annotations

import argparse
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import GroupKFold
from tqdm import tqdm

from algorithms.registry import catalog
from app.bootstrap import build
from checking.entailment import WEIGHTS, Entailment
from checking.errata_book import errata
from checking.polarity import read
from checking.recognise import BEHIND, NEAR_ENOUGH, STATES
from checking.signature import Signature, between_blanks
from indexing.chunking.blocks import sentences
from indexing.stores.analysis import stems
from knowledge.handbook import articles

ROOT = Path(__file__).parent.parent
LABELLED = ("paraphrases.toml", "paraphrases_unseen.toml", "paraphrases_free.toml")
WEIGHT = {"paraphrases_free.toml": 4.0}
"""The forms were written with the other paraphrases in view, so that these tell more of what is to come."""
BACKGROUND = 1.0
"""Weight of a sentence of the handbook: a false accusation is worse than a miss."""
Row = tuple[str, str, bool, float, str | None]
"""Entry, sentence, whether it states the claim, weight, and the statement left out."""


def labelled() -> Iterator[Row]:
    """Sentences that state a claim, or look like it and are right."""
    for name in LABELLED:
        cases = tomllib.loads((ROOT / "tests/checking" / name).read_text(encoding="utf-8"))
        for id, case in cases.items():
            for text in case["wrong"]:
                yield id, text, True, WEIGHT.get(name, 1.0), None
            for text in case["right"]:
                yield id, text, False, WEIGHT.get(name, 1.0), None
    for entry in errata():
        for text in entry.examples:
            yield entry.id, text, True, 1.0, text
        for text in entry.right:
            yield entry.id, text, False, 1.0, text


def handbook() -> list[str]:
    """Sentences of the handbook and of the articles on algorithms."""
    found = []
    for text in (*(a.body for a in articles().values()), *(entry.article for entry in catalog().values())):
        found.extend(text[a:b] for a, b in sentences(text, 0, len(text)))
    return [text for text in found if 4 <= len(text.split()) <= 60 and not text.lstrip().startswith(("#", "|", "```"))]


def main() -> None:
    """Gather the signs, fit, and write the weights if asked to."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--write", action="store_true", help="replace the weights")
    parser.add_argument("--c", type=float, default=0.3, help="inverse strength of the penalty")
    options = parser.parse_args()
    application = build()
    book = errata()
    place = {entry.id: index for index, entry in enumerate(book)}
    paraphrases = application.errata.paraphrases
    assert paraphrases is not None
    entailment, signatures = Entailment(book), [Signature(entry) for entry in book]
    x: list[list[float]] = []
    y: list[bool] = []
    weight: list[float] = []
    group: list[str] = []
    names: list[str] = []
    rows = list(labelled())
    near = paraphrases.cosines([text for _, text, *_ in rows])
    for number, (id, text, states, worth, without) in enumerate(rows):
        index = place[id]
        others = (book[index].claim, *book[index].examples) if states else (book[index].correct, *book[index].right)
        if without is not None and all(read(other) == read(without) for other in others):
            continue
        parts = signatures[index].parts(between_blanks(stems(text)))
        signs = entailment.signs(text, index, *near.of(number, index), parts, without)
        names = list(signs)
        x.append(list(signs.values())), y.append(states), weight.append(worth), group.append(id)
    told = len(x)
    true = handbook()
    for first in tqdm(range(0, len(true), 1000), desc="handbook"):
        batch = true[first : first + 1000]
        near = paraphrases.cosines(batch)
        for number, text in enumerate(batch):
            words = between_blanks(stems(text))
            for index, signature in enumerate(signatures):
                if not signature.named(words):
                    continue
                wrong, right = near.of(number, index)
                if wrong.max() < max(NEAR_ENOUGH, near.wrong[number].max() - BEHIND):
                    continue
                signs = entailment.signs(text, index, wrong, right, signature.parts(words))
                x.append(list(signs.values())), y.append(False), weight.append(BACKGROUND), group.append(book[index].id)
    application.close()
    fit(np.array(x), np.array(y), np.array(weight), np.array(group), names, told, options.c, options.write)


def fit(
    x: NDArray[np.float64],
    y: NDArray[np.bool_],
    weight: NDArray[np.float64],
    group: NDArray[np.str_],
    names: list[str],
    labels: int,
    c: float,
    write: bool,
) -> None:
    """Fit on standardised signs, report each fold's unseen entries, and write weights for the signs as they are.

    The first `labels` rows are labelled sentences, the rest are the handbook's.
    """
    known = np.arange(len(y)) < labels
    mean, scale = x.mean(0), x.std(0) + 1e-9
    z = (x - mean) / scale
    unseen = np.zeros(len(y))
    for train, test in GroupKFold(8).split(z, y, group):
        model = LogisticRegression(C=c, max_iter=3000).fit(z[train], y[train], weight[train])
        unseen[test] = model.predict_proba(z[test])[:, 1]
    for kind, rows in (
        ("free paraphrases", weight > 1),
        ("other paraphrases", (weight == 1) & known),
        ("handbook", ~known),
    ):
        states, right = unseen[rows & y], unseen[rows & ~y]
        told = f"{(states >= STATES).mean():.3f} of {len(states)} claims, " if len(states) else ""
        sys.stderr.write(f"{kind}: {told}{(right >= STATES).sum()} of {len(right)} right statements at {STATES}\n")
    model = LogisticRegression(C=c, max_iter=3000).fit(z, y, weight)
    weights = model.coef_[0] / scale
    lines = [f'"{name}" = {value:.4f}' for name, value in zip(names, weights, strict=True)]
    lines.insert(0, f"intercept = {float(model.intercept_[0] - weights @ mean):.4f}")
    for name, value in sorted(zip(names, model.coef_[0], strict=True), key=lambda pair: -abs(pair[1])):
        sys.stderr.write(f"  {name}: {value:+.2f}\n")
    if write:
        WEIGHTS.write_text("# Made by scripts/fit_entailment.py.\n\n" + "\n".join(lines) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
