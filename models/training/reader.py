"""Training of the reader: all layers, a head for the answer's place and one for whether there is one.

All weights of the layers are tuned, not adapters beside them: through AMX the gradient of a weight costs less than an adapter's
extra passes over the activations, and the small model learns faster.
"""

from __future__ import annotations

import random
import shutil
from collections.abc import Callable, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import InputError
from core.protocols import LexicalScorerFactory, Progress
from models.encoders.backbone import Backbone, load_backbone
from models.rerankers.reading_network import ReadingNetwork
from models.training.curve import save_curve
from models.training.low_rank import low_rank_differences
from models.training.optimizer import MasterWeights
from models.training.reading_examples import Question, ReadingExample, questions, tokenized
from models.training.recipes import WORK, Tools, weights_name
from models.training.run import Run
from models.weights.bundle import Manifest, save_weights

if TYPE_CHECKING:
    from torch import Tensor

    from models.rerankers.reader import BundledReader

POOL = 8
"""Batches drawn together and sorted by length, so that little of a batch is padding."""


@dataclass(frozen=True)
class ReaderSettings:
    """Of one run.

    Attributes
    ----------
    minutes : float
        Time box; used where `steps` is 0.
    steps : int
        Number of steps; 0 goes by time.
    batch : int
        Pairs a step.
    rate : float
        Peak learning rate.
    rank : int
        What is kept of each matrix's change when the run is over.
    seed : int
        Of heads and batches.
    """

    minutes: float = 75.0
    steps: int = 0
    batch: int = 24
    rate: float = 1.5e-4
    rank: int = 64
    seed: int = 0


class ReaderTrainer:
    """Trains adapters and heads.

    Parameters
    ----------
    backbone : Backbone
        Untrained; its layers are tuned in place.
    examples : sequence of ReadingExample
        All of them; each is drawn once before any is drawn again.
    settings : ReaderSettings
        Of the run.
    out : Path
        Checkpoint and curve are written there.
    device : str
        ``cpu`` or ``cuda``.
    dtype : torch.dtype
        Of the arithmetic; master weights are float32.

    Raises
    ------
    InputError
        If there are fewer examples than fill one pool of batches.
    """

    def __init__(
        self,
        backbone: Backbone,
        examples: Sequence[ReadingExample],
        settings: ReaderSettings,
        out: Path,
        device: str = "cpu",
        dtype: Any = None,
    ) -> None:
        import torch

        if len(examples) < POOL * settings.batch:
            raise InputError(
                f"{len(examples)} questions are too few to train a reader",
                fix=f"give folders with at least {POOL * settings.batch} questions that carry answers",
            )
        self._examples = list(examples)
        self._settings = settings
        self._out = out
        self._device = device
        self._dtype = dtype or torch.float32
        backbone.model.to(device, self._dtype)
        live = {f"encoder.layer.{name}": p.requires_grad_(True) for name, p in backbone.layers.named_parameters()}
        self.network = ReadingNetwork(backbone, settings.seed)
        self.network.to(device, self._dtype)
        self._weights = MasterWeights({**live, **self.network.head_tensors()}, settings.rate)
        self._run = Run(self._weights, asdict(settings), out)

    def trained(self) -> dict[str, Tensor]:
        """Layers and heads in float32."""
        return {name: p.detach().clone() for name, p in self._weights.master.items()}

    def draw(self, step: int) -> list[ReadingExample]:
        """The examples of a step, of similar length; they depend on the seed and the step alone."""
        size = POOL * self._settings.batch
        pools = len(self._examples) // size
        pool, at = divmod(step, POOL)
        epoch, pool = divmod(pool, pools)
        order = np.random.default_rng((self._settings.seed, epoch)).permutation(len(self._examples))
        chosen = [self._examples[int(i)] for i in order[pool * size : (pool + 1) * size]]
        chosen.sort(key=lambda example: len(example.question) + len(example.passage))
        batch = int(np.random.default_rng((self._settings.seed, epoch, pool)).permutation(POOL)[at])
        return chosen[batch * self._settings.batch : (batch + 1) * self._settings.batch]

    def losses(self, examples: Sequence[ReadingExample]) -> dict[str, Tensor]:
        """Cross-entropies of the answer's place and of whether there is one."""
        import torch

        span, answers = self.network.forward(
            [e.question for e in examples], [e.passage for e in examples], self._device, self._dtype
        )
        place = torch.tensor(
            [[position(e, e.start), position(e, e.end)] for e in examples], device=self._device
        )  # (b, 2)
        labels = torch.tensor([float(e.answered) for e in examples], device=self._device)
        return {
            "place": torch.nn.functional.cross_entropy(span, place, ignore_index=-1)
            if bool((place >= 0).any())
            else span[:, 0].sum() * 0,
            "answers": torch.nn.functional.binary_cross_entropy_with_logits(answers, labels),
        }

    def kept(self, base: Mapping[str, Tensor]) -> dict[str, Tensor]:
        """Heads, and low-rank factors of what changed since `base`."""
        tensors = self.trained()
        heads = {name: tensors[name] for name in self.network.head_tensors()}
        return {**heads, **low_rank_differences(tensors, base, self._settings.rank)}

    def train(self, progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> dict[str, Tensor]:
        """Run to the end of the box, from the checkpoint where there is one, and return layers and heads."""
        shares = {"place": 1.0, "answers": 1.0}
        self._run.go(lambda step: self.losses(self.draw(step)), shares, progress, stop)
        return self.trained()

    @property
    def curve(self) -> list[dict[str, Any]]:
        """Every loss of every step."""
        return self._run.curve


def position(example: ReadingExample, token: int) -> int:
    """Where a token of the passage stands in the joined input; 0 and −1 stay as they are.

    Examples
    --------
    >>> ids = np.array([101, 7, 102], dtype=np.int32)
    >>> position(ReadingExample(ids, ids, 1, 1, True, "answered"), 1)
    3
    """
    return token if token <= 0 else len(example.question) + token - 1


def layer_weights(backbone: Backbone) -> dict[str, Tensor]:
    """Copies of the weights of all layers by name, in float32."""
    return {f"encoder.layer.{name}": p.detach().float().clone() for name, p in backbone.layers.named_parameters()}


def train_reader(folders: Sequence[Path], settings: ReaderSettings, tools: Tools, out: Path) -> Manifest:
    """Train a reader on the questions of folders that carry answers, measure it on held-out documents and write it.

    Raises
    ------
    InputError
        If there are too few such questions.
    """
    from models.rerankers.reader import BundledReader

    device, dtype = tools.place()
    backbone = load_backbone(tools.backbone)
    base = layer_weights(backbone)
    examples = reading_material(folders, backbone, tools.lexical, settings.seed)
    trainer = ReaderTrainer(backbone, examples, settings, out / WORK, device, dtype)
    trainer.train(tools.progress, tools.stop)
    if tools.stop():
        raise KeyboardInterrupt
    save_curve(out, trainer.curve, "reader")
    name, model = weights_name(out), tools.backbone / "model.safetensors"
    fields: dict[str, Any] = {"name": name, "kind": "reader", "settings": asdict(settings)}
    tensors = trainer.kept(base)
    save_weights(out, tensors, model, **fields)
    metrics = held_out_separation(BundledReader(str(out), device), folders, tools.lexical, settings.seed)
    manifest = save_weights(out, tensors, model, **fields, metrics=metrics)
    shutil.rmtree(out / WORK)
    return manifest


def held_out_separation(
    reader: BundledReader, folders: Sequence[Path], lexical: LexicalScorerFactory, seed: int = 0, most: int = 400
) -> dict[str, float]:
    """AUROC of answered questions against each kind of unanswered one, over at most `most` questions of held-out documents."""
    from sklearn.metrics import roc_auc_score

    chance = random.Random(seed)
    asked = [q for folder in folders for q in questions(folder, lexical, chance, held_out=True)]
    chance.shuffle(asked)
    scores: dict[str, list[float]] = {}
    for question in asked[:most]:
        scores.setdefault(question.kind, []).extend(reader.answers(question.text, [question.passage]))
    own = scores.pop("answered", [])
    return {
        f"auroc_{kind}": round(float(roc_auc_score([1] * len(own) + [0] * len(found), own + found)), 4)
        for kind, found in sorted(scores.items())
        if own and found
    }


def reading_material(
    folders: Sequence[Path], backbone: Backbone, lexical: LexicalScorerFactory, seed: int = 0, held_out: bool = False
) -> list[ReadingExample]:
    """Examples of all folders; a question that stands in two of them with the same passage counts once."""
    chance = random.Random(seed)
    seen: set[tuple[str, str, str]] = set()
    kept: list[Question] = []
    for folder in folders:
        for question in questions(folder, lexical, chance, held_out):
            key = (question.text, question.passage, question.kind)
            if key not in seen:
                seen.add(key)
                kept.append(question)
    return tokenized(kept, backbone)
