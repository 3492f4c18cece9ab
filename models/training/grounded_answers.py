"""A low-rank adapter that teaches a small language model to answer from the passage it is given.

Examples are a passage, a question and the sentence of the passage that answers it, so the model learns to repeat what stands
there; where the passage does not answer, the reply is a fixed refusal. The loss counts the reply's tokens only. The adapter is
written as GGUF, which llama.cpp loads beside the quantised model.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import BackendUnavailable, InputError, MissingDependency
from core.protocols import Progress
from models.encoders.lora import adapted
from models.encoders.precision import pick_device, pick_precision
from models.training.curve import save_curve
from models.training.domain_pairs import sentences
from models.training.gguf_adapter import NAMES, adapter_tensors, write_adapter
from models.training.optimizer import MasterWeights
from models.training.pairs import is_held_out, read_judgements, read_lines
from models.training.run import Run

if TYPE_CHECKING:
    from torch import Tensor

REFUSAL = "The passage does not say."
IGNORED = -100
"""Label of tokens that the loss leaves out, by torch's convention."""


@dataclass(frozen=True)
class GroundedExample:
    """A passage, a question about it, and the reply that the passage bears out."""

    passage: str
    question: str
    reply: str


@dataclass(frozen=True)
class GroundedSettings:
    """Of one run: time box or steps, examples a step, rank and scale of the adapters, peak rate, longest example, seed."""

    minutes: float = 30.0
    steps: int = 0
    examples: int = 8
    rank: int = 8
    alpha: int = 16
    rate: float = 5e-4
    longest: int = 384
    seed: int = 0


def read_examples(folder: Path) -> Iterator[GroundedExample]:
    """Examples of a SQuAD-like folder, held-out articles left out.

    Raises
    ------
    InputError
        If the folder is not in BEIR layout.
    """
    corpus = {row["_id"]: row["text"] for row in read_lines(folder / "corpus.jsonl")}
    judged = {
        query: passage
        for file in sorted((folder / "qrels").glob("train*.tsv"))
        for query, passage in read_judgements(file)
    }
    for row in read_lines(folder / "queries.jsonl"):
        about = row.get("metadata", {})
        asked_of = about.get("passage") or judged.get(row["_id"], "")
        if asked_of not in corpus or "answers" not in about or is_held_out(asked_of):
            continue
        text = corpus[asked_of]
        if about.get("is_impossible") or not about["answers"]:
            yield GroundedExample(text, row["text"], REFUSAL)
            continue
        holding = [s for s in sentences(text) if min(about["answers"], key=len).casefold() in s.casefold()]
        if len(holding) == 1:  # otherwise it is not known which one answers
            yield GroundedExample(text, row["text"], holding[0])


def encoded(example: GroundedExample, tokenizer: Any, longest: int) -> tuple[list[int], list[int]] | None:
    """Token ids and labels of an example in the model's chat form; None where it is too long, since a cut reply would teach
    to stop early."""
    asked = [{"role": "user", "content": f"{example.passage}\n\n{example.question}"}]
    whole = [*asked, {"role": "assistant", "content": example.reply}]
    prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=True, return_dict=False)
    ids = tokenizer.apply_chat_template(whole, tokenize=True, return_dict=False)
    if len(ids) > longest:
        return None
    return list(ids), [IGNORED] * len(prompt) + list(ids[len(prompt) :])


def add_llama_adapters(model: Any, rank: int, alpha: float, seed: int) -> dict[str, Any]:
    """Put adapters on every linear map of a LlamaForCausalLM's layers and return their parameters by name."""
    import torch

    torch.manual_seed(seed)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    parameters: dict[str, Any] = {}
    for i, layer in enumerate(model.model.layers):
        for path in NAMES:
            parent, _, last = path.rpartition(".")
            holder = layer.get_submodule(parent)
            wrapped = adapted(getattr(holder, last), rank, alpha)
            setattr(holder, last, wrapped)
            for side in ("lora_a", "lora_b"):
                parameters[f"layers.{i}.{path}.{side}"] = getattr(wrapped, side)
    return parameters


class GroundedAnswerTrainer:
    """Trains the adapter.

    Parameters
    ----------
    model : LlamaForCausalLM
        Gets adapters in place; its own weights stay.
    examples : sequence of (ids, labels)
        From `encoded`.
    settings : GroundedSettings
        Of the run.
    out : Path
        Checkpoint, curve and ``adapter.gguf`` are written there.
    """

    def __init__(
        self, model: Any, examples: Sequence[tuple[list[int], list[int]]], settings: GroundedSettings, out: Path
    ) -> None:
        self._model = model
        self._examples = list(examples)
        self._settings = settings
        self._out = out
        parameters = add_llama_adapters(model, settings.rank, settings.alpha, settings.seed)
        self._weights = MasterWeights(parameters, settings.rate)
        self._run = Run(self._weights, asdict(settings), out)

    @property
    def curve(self) -> list[dict[str, Any]]:
        """The loss of every step."""
        return self._run.curve

    def losses(self, step: int) -> dict[str, Tensor]:
        """Cross-entropy a token of the replies of a step's examples."""
        import torch

        chance = np.random.default_rng((self._settings.seed, step))
        size = min(self._settings.examples, len(self._examples))
        chosen = [self._examples[int(i)] for i in chance.choice(len(self._examples), size=size, replace=False)]
        width = max(len(ids) for ids, _ in chosen)
        ids = torch.zeros(size, width, dtype=torch.int64)
        labels = torch.full((size, width), IGNORED)
        mask = torch.zeros(size, width, dtype=torch.int64)
        for row, (tokens, goals) in enumerate(chosen):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            labels[row, : len(tokens)] = torch.tensor(goals)
            mask[row, : len(tokens)] = 1
        device = self._model.device
        logits = self._model(input_ids=ids.to(device), attention_mask=mask.to(device)).logits  # (b, t, v)
        goals_next = labels[:, 1:].to(device)  # position t predicts token t + 1
        keep = goals_next != IGNORED
        return {"reply": torch.nn.functional.cross_entropy(logits[:, :-1][keep].float(), goals_next[keep])}

    def train(self, progress: Progress | None = None, stop: Callable[[], bool] = lambda: False) -> Path:
        """Run to the end of the box and write the adapter."""
        self._run.go(self.losses, {"reply": 1.0}, progress, stop)
        save_curve(self._out, self.curve, "grounded answers")
        config = self._model.config
        trained = {name: p.detach().cpu().numpy() for name, p in self._weights.master.items()}
        file = self._out / "adapter.gguf"
        tensors = adapter_tensors(trained, int(config.num_attention_heads), int(config.num_key_value_heads))
        write_adapter(file, tensors, float(self._settings.alpha))
        return file


def load_llama(base: Path) -> tuple[Any, Any]:
    """Tokenizer and model of a folder, or of a GGUF file, which is unpacked to full precision.

    Raises
    ------
    MissingDependency
        If a GGUF file is given and the package that reads it is missing.
    BackendUnavailable
        If it is no model.
    """
    from transformers import AutoModelForCausalLM, AutoTokenizer
    from transformers.utils import is_gguf_available

    packed: dict[str, str] = {}
    if base.suffix == ".gguf":
        if not is_gguf_available():
            raise MissingDependency(
                f"{base.name} cannot be read", fix="`pip install gguf`, or give a model folder as base"
            )
        packed = {"gguf_file": base.name}
    folder = str(base.parent if packed else base)
    try:
        tokenizer = AutoTokenizer.from_pretrained(folder, local_files_only=True, **packed)
        model = AutoModelForCausalLM.from_pretrained(folder, local_files_only=True, **packed)
    except (OSError, ValueError) as error:
        raise BackendUnavailable(f"{base} cannot be loaded: {error}", fix="give the folder of a llama model") from error
    return tokenizer, model


def train_grounded_answers(
    folders: Sequence[Path],
    base: Path,
    settings: GroundedSettings,
    out: Path,
    device: str = "auto",
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Train an adapter of the model `base` on SQuAD-like folders and write ``adapter.gguf`` to `out`.

    Raises
    ------
    InputError
        If no folder has an example that fits.
    MissingDependency, BackendUnavailable
        If the model cannot be loaded.
    KeyboardInterrupt
        If the run was stopped; its checkpoint is kept.
    """
    import torch

    where = pick_device(device)  # type: ignore[arg-type]
    tokenizer, model = load_llama(base)
    found = (encoded(example, tokenizer, settings.longest) for folder in folders for example in read_examples(folder))
    examples = [row for row in found if row is not None]
    if not examples:
        raise InputError(
            "there are no examples", fix="give a folder whose queries carry answers, as SQuAD's do, with `--data`"
        )
    model.to(where, getattr(torch, pick_precision("auto", where)))
    file = GroundedAnswerTrainer(model, examples, settings, out).train(progress, stop)
    if stop():
        raise KeyboardInterrupt
    return file
