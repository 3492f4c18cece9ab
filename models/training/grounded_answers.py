"""A low-rank adapter that teaches a small language model to answer from the facts it is given.

Examples (`models.training.grounded_examples`) are facts, a question, and a short sentence that one of them bears out, asked in
the words of `models.llm.grounded_prompt`. The loss counts the reply's tokens only. The adapter is written as GGUF, which
llama.cpp loads beside the quantised model; training goes on from those quantised weights, unpacked, since these are what the
adapter will stand beside.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from core.errors import BackendUnavailable, InputError
from core.protocols import Progress
from models.encoders.lora import adapted
from models.encoders.precision import pick_device, pick_precision
from models.llm.base import messages
from models.llm.grounded_prompt import grounded_prompt
from models.training.curve import save_curve
from models.training.gguf_adapter import NAMES, adapter_tensors, write_adapter
from models.training.gguf_model import read_llama
from models.training.grounded_examples import GroundedExample, mixed
from models.training.optimizer import MasterWeights
from models.training.run import Run

if TYPE_CHECKING:
    from torch import Tensor

CHECKPOINT_STEPS = 25
REFUSALS = 0.1
"""Share of examples whose facts do not answer."""
IGNORED = -100
"""Label of tokens that the loss leaves out, by torch's convention."""


@dataclass(frozen=True)
class GroundedSettings:
    """Of one run: time box or steps, examples a step, rank, scale and place of the adapters, peak rate, longest example, seed.

    Queries and values alone, as in LoRA's paper, at rank 16: 1.8 MB in half precision for the bundled model.
    """

    minutes: float = 30.0
    steps: int = 0
    examples: int = 8
    rank: int = 16
    alpha: int = 32
    maps: tuple[str, ...] = ("self_attn.q_proj", "self_attn.v_proj")
    rate: float = 5e-4
    longest: int = 320
    seed: int = 0


def encoded(example: GroundedExample, tokenizer: Any, longest: int) -> tuple[list[int], list[int]] | None:
    """Token ids and labels of an example in the model's chat form; None where it is too long, since a cut reply would teach
    to stop early."""
    asked = messages(grounded_prompt(example.facts, example.question))
    whole = [*asked, {"role": "assistant", "content": example.reply}]
    prompt = tokenizer.apply_chat_template(asked, add_generation_prompt=True, tokenize=True, return_dict=False)
    ids = tokenizer.apply_chat_template(whole, tokenize=True, return_dict=False)
    if len(ids) > longest:
        return None
    return list(ids), [IGNORED] * len(prompt) + list(ids[len(prompt) :])


def add_llama_adapters(
    model: Any, rank: int, alpha: float, seed: int, maps: Sequence[str] = tuple(NAMES)
) -> dict[str, Any]:
    """Put adapters on linear maps of a LlamaForCausalLM's layers and return their parameters by name."""
    import torch

    torch.manual_seed(seed)
    for parameter in model.parameters():
        parameter.requires_grad_(False)
    parameters: dict[str, Any] = {}
    for i, layer in enumerate(model.model.layers):
        for path in maps:
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
        self._examples = sorted(examples, key=lambda row: len(row[0]))
        self._settings = settings
        self._out = out
        parameters = add_llama_adapters(model, settings.rank, settings.alpha, settings.seed, settings.maps)
        self._weights = MasterWeights(parameters, settings.rate)
        self._run = Run(self._weights, asdict(settings), out, CHECKPOINT_STEPS)

    @property
    def curve(self) -> list[dict[str, Any]]:
        """The loss of every step."""
        return self._run.curve

    def losses(self, step: int) -> dict[str, Tensor]:
        """Cross-entropy a token of the replies of a step's examples."""
        import torch

        chance = np.random.default_rng((self._settings.seed, step))
        size = min(self._settings.examples, len(self._examples))
        # neighbours in length, so that little of a batch is padding
        start = int(chance.integers(len(self._examples) - size + 1))
        chosen = self._examples[start : start + size]
        width = max(len(ids) for ids, _ in chosen)
        ids = torch.zeros(size, width, dtype=torch.int64)
        labels = torch.full((size, width), IGNORED)
        mask = torch.zeros(size, width, dtype=torch.int64)
        for row, (tokens, goals) in enumerate(chosen):
            ids[row, : len(tokens)] = torch.tensor(tokens)
            labels[row, : len(tokens)] = torch.tensor(goals)
            mask[row, : len(tokens)] = 1
        device = self._model.device
        states = self._model.model(
            input_ids=ids.to(device), attention_mask=mask.to(device)
        ).last_hidden_state  # (b, t, d)
        goals_next = labels[:, 1:].to(device)  # position t predicts token t + 1
        keep = goals_next != IGNORED
        logits = self._model.lm_head(states[:, :-1][keep])  # (n, v) of the reply alone: the vocabulary is what costs
        return {"reply": torch.nn.functional.cross_entropy(logits.float(), goals_next[keep])}

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

    try:
        if base.suffix == ".gguf":
            model = read_llama(base)
            return AutoTokenizer.from_pretrained(str(base.parent), local_files_only=True, gguf_file=base.name), model
        tokenizer = AutoTokenizer.from_pretrained(str(base), local_files_only=True)
        return tokenizer, AutoModelForCausalLM.from_pretrained(str(base), local_files_only=True)
    except (OSError, ValueError) as error:
        raise BackendUnavailable(f"{base} cannot be loaded: {error}", fix="give the folder of a llama model") from error


def train_grounded_answers(
    found: Sequence[GroundedExample],
    base: Path,
    settings: GroundedSettings,
    out: Path,
    device: str = "auto",
    progress: Progress | None = None,
    stop: Callable[[], bool] = lambda: False,
) -> Path:
    """Train an adapter of the model `base` on examples and write ``adapter.gguf`` to `out`.

    Raises
    ------
    InputError
        If no example fits.
    MissingDependency, BackendUnavailable
        If the model cannot be loaded.
    KeyboardInterrupt
        If the run was stopped; its checkpoint is kept.
    """
    import torch

    where = pick_device(device)  # type: ignore[arg-type]
    tokenizer, model = load_llama(base)
    rows = (encoded(example, tokenizer, settings.longest) for example in mixed(found, REFUSALS, settings.seed))
    examples = [row for row in rows if row is not None]
    if not examples:
        raise InputError(
            "there are no examples", fix="give a folder whose queries carry answers, as SQuAD's do, with `--data`"
        )
    model.to(where, getattr(torch, pick_precision("auto", where)))
    file = GroundedAnswerTrainer(model, examples, settings, out).train(progress, stop)
    if stop():
        raise KeyboardInterrupt
    return file
