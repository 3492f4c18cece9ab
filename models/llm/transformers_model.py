"""Any causal language model that ``transformers`` loads, on CPU or CUDA."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

from core.errors import BackendUnavailable, SettingsError
from core.protocols import Prompt
from core.settings import LLMSettings
from models.encoders.precision import pick_device, pick_precision
from models.llm.base import StreamingModel, messages


class TransformersModel(StreamingModel):
    """A model folder or hub name; greedy at temperature 0.

    Parameters
    ----------
    settings : LLMSettings
        `model` is required.
    """

    def __init__(self, settings: LLMSettings) -> None:
        if not settings.model:
            raise SettingsError("llm.backend is transformers without a model", fix="set `llm.model`")
        import torch
        from transformers import AutoModelForCausalLM, AutoTokenizer

        self._torch = torch
        self._device = pick_device("auto")
        dtype = getattr(torch, pick_precision("auto", self._device))
        try:
            self._tokenizer: Any = AutoTokenizer.from_pretrained(settings.model)
            self._model: Any = AutoModelForCausalLM.from_pretrained(settings.model, dtype=dtype)
        except OSError as error:
            raise BackendUnavailable(
                f"language model {settings.model!r} cannot be loaded: {error}", fix="name a folder with a model"
            ) from error
        self._model = self._model.eval().to(self._device)
        self._name = settings.model.rstrip("/").rsplit("/", 1)[-1]
        self._timeout = settings.timeout_seconds

    @property
    def name(self) -> str:
        """Last part of the model's name."""
        return self._name

    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        from transformers import StoppingCriteria, StoppingCriteriaList, TextIteratorStreamer

        closed = threading.Event()

        class Closed(StoppingCriteria):  # type: ignore[misc, unused-ignore]
            def __call__(self, input_ids: Any, scores: Any, **kwargs: Any) -> Any:
                return closed.is_set()

        ids = self._prompt_ids(prompt)
        streamer = TextIteratorStreamer(
            self._tokenizer, skip_prompt=True, skip_special_tokens=True, timeout=self._timeout
        )
        sampling = {"do_sample": True, "temperature": temperature} if temperature > 0 else {"do_sample": False}
        failures: list[Exception] = []

        def generate() -> None:
            try:
                with self._torch.inference_mode():
                    self._model.generate(
                        ids,
                        attention_mask=self._torch.ones_like(ids),
                        max_new_tokens=max_tokens,
                        streamer=streamer,
                        stopping_criteria=StoppingCriteriaList([Closed()]),
                        pad_token_id=self._tokenizer.eos_token_id,
                        **sampling,
                    )
            except Exception as error:  # raised by the reader below
                failures.append(error)
                streamer.end()

        thread = threading.Thread(target=generate, daemon=True)
        thread.start()
        try:
            yield from streamer
        finally:
            closed.set()
            thread.join()
        if failures:
            raise BackendUnavailable(f"{self._name} failed: {failures[0]}", fix="shorten the prompt") from failures[0]

    def _prompt_ids(self, prompt: Prompt) -> Any:
        if getattr(self._tokenizer, "chat_template", None):
            encoded = self._tokenizer.apply_chat_template(
                messages(prompt), add_generation_prompt=True, return_tensors="pt", return_dict=True
            )
            return encoded["input_ids"].to(self._device)
        text = f"{prompt.system}\n\n{prompt.user}\n"
        return self._tokenizer(text, return_tensors="pt")["input_ids"].to(self._device)
