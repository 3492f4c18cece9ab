"""The recipes behind ``vouch models train`` and ``vouch models adapt``: data in, a folder of weights out."""

from __future__ import annotations

import json
import re
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from core.errors import InputError
from core.protocols import LexicalScorerFactory, Progress
from models.encoders.backbone import Backbone, load_backbone
from models.encoders.merging import differences
from models.encoders.precision import pick_device, pick_precision
from models.training.cross_encoder import CrossEncoderSettings, CrossEncoderTrainer
from models.training.curve import save_curve
from models.training.gain import Gain, compare, mean_gain, reciprocal_ranks
from models.training.groups import Group
from models.training.late_interaction import LateInteractionSettings, LateInteractionTrainer
from models.training.pairs import PairCollection
from models.training.prepared import Passes, Prepared, prepare
from models.weights.bundle import Manifest, load_weights, save_weights, weights_folder

if TYPE_CHECKING:
    from torch import Tensor

LONGEST = 128
"""Tokens of a passage that training reads."""
SHARES = (0.5, 0.75, 1.0)
"""Interpolations between the untrained and the tuned model that are compared on held-out pairs."""
SIGNIFICANT = 0.05
CONTROL_LOSS = 0.01
"""Drop of the mean reciprocal rank on a control collection that adaptation does not accept, significant or not."""
WORK = "work"


@dataclass(frozen=True)
class Tools:
    """What the recipes are handed.

    Attributes
    ----------
    backbone : Path
        Folder of the untrained model.
    lexical : callable
        Builds BM25 over texts.
    device, precision : str
        As in the encoder's settings.
    progress : callable or None
        Told how far it is.
    stop : callable
        True ends a run at the next step, with a checkpoint.
    """

    backbone: Path
    lexical: LexicalScorerFactory
    device: str = "auto"
    precision: str = "auto"
    progress: Progress | None = None
    stop: Callable[[], bool] = lambda: False

    def place(self) -> tuple[str, Any]:
        """Device and torch dtype."""
        import torch

        device = pick_device(self.device)  # type: ignore[arg-type]
        return device, getattr(torch, pick_precision(self.precision, device))  # type: ignore[arg-type]


@dataclass(frozen=True)
class Tuned:
    """Outcome of a late-interaction run.

    Attributes
    ----------
    share : float
        Interpolation that was best on held-out pairs; 0 where none helped.
    gains : dict of str to Gain
        Held-out gain of each collection at that share.
    manifest : Manifest or None
        Of the weights written; None where nothing was kept.
    """

    share: float
    gains: dict[str, Gain]
    manifest: Manifest | None


def prepare_all(
    collections: Sequence[PairCollection], backbone: Backbone, tools: Tools, tuned_layers: int, folder: Path | None
) -> list[Prepared]:
    """Encode and mine every collection.

    Raises
    ------
    InputError
        If no collection has a training pair.
    """
    device, dtype = tools.place()
    passes = Passes(backbone, tuned_layers, device, dtype)
    if folder is not None:
        folder.mkdir(parents=True, exist_ok=True)
    found = [
        prepare(collection, passes, tools.lexical, folder, LONGEST, tools.progress)
        for collection in collections
        if any(not pair.held_out for pair in collection.pairs)
    ]
    if not found:
        raise InputError(
            "there are no pairs to train on", fix="give folders in BEIR layout with `--data`, or index more"
        )
    return found


def tune(
    collections: Sequence[PairCollection], settings: LateInteractionSettings, tools: Tools, out: Path
) -> tuple[Backbone, dict[str, Tensor]]:
    """Train the upper layers; the untrained backbone and the full differences.

    Raises
    ------
    KeyboardInterrupt
        If the run was stopped; its checkpoint is kept and the same command goes on from it.
    """
    backbone = load_backbone(tools.backbone)
    prepared = prepare_all(collections, backbone, tools, settings.tuned_layers, out / WORK)
    device, dtype = tools.place()
    start = None
    if settings.start:
        start = load_weights(weights_folder(settings.start), tools.backbone / "model.safetensors", "encoder")[1]
    trainer = LateInteractionTrainer(backbone, prepared, settings, out / WORK, device, dtype, start=start)
    tuned = trainer.train(tools.progress, tools.stop)
    if tools.stop():
        raise KeyboardInterrupt
    return backbone, differences(backbone.model, tuned)


def measure(
    collections: Sequence[PairCollection], backbone: Backbone, changes: Mapping[str, Tensor] | None, tools: Tools
) -> dict[str, Any]:
    """Reciprocal ranks of the held-out pairs of each collection."""
    device, dtype = tools.place()
    return {
        collection.name: reciprocal_ranks(
            collection, backbone, changes, tools.lexical, longest=LONGEST, device=device, dtype=dtype,
            progress=tools.progress,
        )
        for collection in collections
    }  # fmt: skip


def weights_name(out: Path) -> str:
    """Name of the weights in a folder.

    Examples
    --------
    >>> weights_name(Path("models/My weights_2"))
    'my-weights-2'
    """
    return "-".join(re.findall(r"[a-z0-9]+", out.name.lower())) or "weights"


def scaled(changes: Mapping[str, Tensor], share: float) -> dict[str, Tensor]:
    """`share` of the differences."""
    return {name: share * tensor for name, tensor in changes.items()}


def train_late_interaction(
    collections: Sequence[PairCollection], settings: LateInteractionSettings, tools: Tools, out: Path
) -> Tuned:
    """Train, interpolate with the untrained model as held-out pairs say, and write the weights to `out`."""
    backbone, changes = tune(collections, settings, tools, out)
    before = measure(collections, backbone, None, tools)
    best = Tuned(0.0, {}, None)
    for share in SHARES:
        after = measure(collections, backbone, scaled(changes, share), tools)
        gains = {name: compare(before[name], after[name]) for name in before}
        if mean_gain(list(gains.values())) > mean_gain(list(best.gains.values())):
            best = Tuned(share, gains, None)
    if not best.share:
        return best
    return keep(best, scaled(changes, best.share), settings, tools, out)


def keep(
    best: Tuned, changes: Mapping[str, Tensor], settings: LateInteractionSettings, tools: Tools, out: Path
) -> Tuned:
    """Write what was found and drop the working files."""
    manifest = save_weights(
        out,
        changes,
        tools.backbone / "model.safetensors",
        name=weights_name(out),
        kind="encoder",
        settings={**asdict(settings), "share": best.share},
        metrics={"held_out_reciprocal_rank": {name: asdict(gain) for name, gain in best.gains.items()}},
    )
    curve = json.loads((out / WORK / "curve.json").read_text(encoding="utf-8"))
    save_curve(out, curve, "late interaction")
    shutil.rmtree(out / WORK)
    return Tuned(best.share, best.gains, manifest)


def adapt(
    own: Sequence[PairCollection],
    control: Sequence[PairCollection],
    settings: LateInteractionSettings,
    tools: Tools,
    out: Path,
) -> Tuned:
    """Adapt the encoder to a user's documents; nothing is written unless it helps there and harms nowhere.

    The interpolation is chosen on every other held-out pair of `own`, and the gain is tested on the rest, so that the
    choice does not flatter the test. `control` collections must not lose.

    Raises
    ------
    InputError
        If `own` has too few held-out pairs to tell anything.
    """
    if sum(pair.held_out for collection in own for pair in collection.pairs) < 20:
        raise InputError(
            "fewer than 20 held-out pairs: a gain could not be told from chance", fix="index more documents"
        )
    backbone, changes = tune(own, settings, tools, out)
    before = measure([*own, *control], backbone, None, tools)
    outcomes: dict[float, dict[str, Any]] = {
        share: measure([*own, *control], backbone, scaled(changes, share), tools) for share in SHARES
    }
    names = [collection.name for collection in own]
    share = max(
        SHARES, key=lambda s: sum(float((outcomes[s][n] - before[n])[::2].mean()) for n in names if len(before[n]))
    )
    after = outcomes[share]
    gains = {name: compare(before[name][1::2], after[name][1::2]) for name in names}
    gains |= {c.name: compare(before[c.name], after[c.name]) for c in control}
    import numpy as np

    joined = compare(
        np.concatenate([before[name][1::2] for name in names]), np.concatenate([after[name][1::2] for name in names])
    )
    gains["all own pairs"] = joined
    best = Tuned(share, gains, None)
    if not accepted(joined, [gains[c.name] for c in control]):
        shutil.rmtree(out / WORK)
        return best
    return keep(best, scaled(changes, share), settings, tools, out)


def accepted(own: Gain, control: Sequence[Gain]) -> bool:
    """Whether an adaptation is kept: a significant gain on the user's documents, no loss on any control collection.

    Examples
    --------
    >>> accepted(Gain(0.5, 0.6, 0.01, 50), [Gain(0.8, 0.8, 1.0, 50)])
    True
    >>> accepted(Gain(0.5, 0.6, 0.2, 50), [])
    False
    >>> accepted(Gain(0.5, 0.6, 0.01, 50), [Gain(0.8, 0.78, 0.3, 50)])
    False
    """
    lost = any(
        gain.difference < -CONTROL_LOSS or (gain.difference < 0 and gain.p_value < SIGNIFICANT) for gain in control
    )
    return own.difference > 0 and own.p_value < SIGNIFICANT and not lost


def train_cross_encoder(
    sources: Sequence[tuple[float, Sequence[Group]]],
    settings: CrossEncoderSettings,
    tools: Tools,
    out: Path,
    scores: Mapping[str, float] | None = None,
) -> Manifest:
    """Train adapters and heads and write them to `out`."""
    device, dtype = tools.place()
    trainer = CrossEncoderTrainer(load_backbone(tools.backbone), sources, settings, out / WORK, device, dtype)
    tensors = trainer.train(tools.progress, tools.stop)
    if tools.stop():
        raise KeyboardInterrupt
    save_curve(out, trainer.curve, "cross-encoder")
    manifest = save_weights(
        out,
        tensors,
        tools.backbone / "model.safetensors",
        name=weights_name(out),
        kind="cross-encoder",
        settings=asdict(settings),
        scores=dict(scores or {}),
    )
    shutil.rmtree(out / WORK)
    return manifest
