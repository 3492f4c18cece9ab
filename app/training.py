"""What ``vouch models train`` and ``adapt`` do: gather pairs, hand the recipes what they need, describe the outcome."""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from answering.verify import consistent
from app.application import Application
from app.bootstrap import build
from app.handbook import ALGORITHMS_PREFIX
from app.training_pairs import collection_pairs, handbook_pairs, held_documents
from core.errors import InputError
from core.protocols import Progress
from indexing.collections import HANDBOOK
from indexing.stores.analysis import query_stems, stems
from models.encoders.bundled import bundled_folder
from models.training.grounded_examples import GroundedExample
from models.training.pairs import PairCollection, read_folder
from models.training.recipes import Tools, Tuned
from retrieval.bm25_texts import Bm25Texts

LEAST_SHARED = 0.8
"""Of a reply's stems, in the fact that it is to be borne out by, for an example to be trained on."""


def tools(device: str, progress: Progress | None, stop: Callable[[], bool]) -> Tools:
    """The bundled backbone, and BM25 as the index computes it."""
    return Tools(bundled_folder(), Bm25Texts, device=device, progress=progress, stop=stop)


def read_pairs(
    application: Application, folders: Sequence[Path], limit: int, handbook: bool, seed: int
) -> list[PairCollection]:
    """Pairs of folders in BEIR layout, and the handbook's.

    Raises
    ------
    InputError
        If there is neither a folder nor the handbook.
    """
    found = [collection for folder in folders for collection in read_folder(folder, limit, seed)]
    if handbook:
        found.append(handbook_pairs(application, seed))
    if not found:
        raise InputError("there is nothing to train on", fix="name a folder with `--data`, or leave the handbook in")
    return found


def train_recipe(
    recipe: str,
    folders: Sequence[Path],
    out: Path,
    minutes: float,
    limit: int,
    handbook: bool,
    start: str,
    seed: int,
    device: str,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Train one recipe and describe what came out.

    Raises
    ------
    InputError
        If there is nothing to train on.
    """
    from models.training.late_interaction import LateInteractionSettings
    from models.training.recipes import train_late_interaction

    collections = read_pairs(build(), folders, limit, handbook, seed)
    if recipe == "late-interaction":
        settings = LateInteractionSettings(minutes=minutes, seed=seed, start=start)
        tuned = train_late_interaction(collections, settings, tools(device, progress, stop), out)
        return described(tuned, out, "encoder.weights", "no interpolation gained on held-out pairs")
    return train_pairs(collections, folders, out, minutes, seed, tools(device, progress, stop))


def train_pairs(
    collections: Sequence[PairCollection], folders: Sequence[Path], out: Path, minutes: float, seed: int, given: Tools
) -> dict[str, Any]:
    """Train the cross-encoder on the same pairs, and on made near misses."""
    from models.training.cross_encoder import CrossEncoderSettings
    from models.training.near_misses import cross_encoder_sources
    from models.training.recipes import train_cross_encoder

    sources = cross_encoder_sources(collections, folders, given, out / "work", random.Random(seed))
    manifest = train_cross_encoder(sources, CrossEncoderSettings(minutes=minutes, seed=seed), given, out)
    setting = f'reranker.backend = "bundled" and reranker.weights = "{out}"'
    return {"kept": True, "folder": str(out), "setting": setting, "gains": {}, "sha256": manifest.sha256}


def train_reader_on(
    folders: Sequence[Path],
    out: Path,
    minutes: float,
    steps: int,
    seed: int,
    device: str,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Train the reader, which judges whether a passage answers a question.

    Raises
    ------
    InputError
        If the folders hold too few questions with answers.
    """
    from models.training.reader import ReaderSettings, train_reader

    settings = ReaderSettings(minutes=minutes, steps=steps, seed=seed)
    manifest = train_reader(folders, settings, tools(device, progress, stop), out)
    setting = f'answer.reader = "{out}"'
    return {"kept": True, "folder": str(out), "setting": setting, "gains": {}, "metrics": manifest.metrics}


def borne_out(reply: str, fact: str) -> bool:
    """Whether a fact bears out a sentence as far as its words tell: numbers, negations, and nearly all stems.

    Examples
    --------
    >>> borne_out("It has 8 heads.", "The layer has 8 heads."), borne_out("It has 9 heads.", "The layer has 8 heads.")
    (True, False)
    """
    wanted = set(query_stems(reply))
    shared = len(wanted & set(stems(fact))) / len(wanted) if wanted else 0.0
    return shared >= LEAST_SHARED and consistent(reply, fact)


def grounded_examples(folders: Sequence[Path], handbook: bool, seed: int) -> list[GroundedExample]:
    """Examples of folders in BEIR layout, and of the handbook's articles: a title asked for, a heading that is a question."""
    from models.training.grounded_examples import read_examples, section_examples

    found = [example for folder in folders for example in read_examples(folder, borne_out, seed)]
    if handbook:
        found.extend(section_examples(list(handbook_questions(build())), borne_out, seed))
    return found


def handbook_questions(application: Application) -> Iterator[tuple[str, str, str]]:
    """Question, title and text of the sections of the handbook's own articles that answer one."""
    for document in held_documents(application, HANDBOOK):
        if document.source.startswith(ALGORITHMS_PREFIX):
            continue
        for number, section in enumerate(document.sections):
            text = document.text[section.body_start : section.end]
            if number == 0:
                yield f"What is {document.title}?", document.title, text
            elif section.heading.endswith("?"):
                yield section.heading, document.title, text


def train_adapter(
    folders: Sequence[Path],
    handbook: bool,
    base: Path | None,
    out: Path,
    minutes: float,
    steps: int,
    seed: int,
    device: str,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Train an adapter of the language model that answers from facts.

    Raises
    ------
    InputError
        If there are no examples.
    MissingDependency, BackendUnavailable
        If the language model cannot be loaded.
    """
    from models.llm.xllamacpp_model import bundled_gguf
    from models.training.grounded_answers import GroundedSettings, train_grounded_answers

    settings = GroundedSettings(minutes=minutes, steps=steps, seed=seed)
    found = grounded_examples(folders, handbook, seed)
    file = train_grounded_answers(found, base or bundled_gguf(), settings, out, device, progress, stop)
    return {"kept": True, "folder": str(out), "setting": f'llm.adapter = "{file}"', "gains": {}}


def adapt_to(
    collection: str,
    out: Path,
    minutes: float,
    seed: int,
    device: str,
    progress: Progress | None,
    stop: Callable[[], bool],
) -> dict[str, Any]:
    """Adapt the encoder to a collection, with the handbook as control.

    Raises
    ------
    NotFound
        If there is no such collection, or the handbook's index was not built.
    InputError
        If the collection is too small to tell a gain from chance.
    """
    from models.training.late_interaction import LateInteractionSettings
    from models.training.recipes import adapt

    application = build()
    own = collection_pairs(application, collection, seed)
    settings = LateInteractionSettings(minutes=minutes, seed=seed)
    tuned = adapt(own, [handbook_pairs(application, seed)], settings, tools(device, progress, stop), out)
    return described(tuned, out, "encoder.weights", "no significant gain on held-out pairs, or the handbook would lose")


def described(tuned: Tuned, out: Path, setting: str, why: str) -> dict[str, Any]:
    """Outcome of a run for print and JSON."""
    kept = tuned.manifest is not None
    gains = {name: asdict(gain) for name, gain in tuned.gains.items()}
    outcome: dict[str, Any] = {"kept": kept, "share": tuned.share, "gains": gains}
    if kept:
        return {**outcome, "folder": str(out), "setting": f'{setting} = "{out}"'}
    return {**outcome, "why": why}
