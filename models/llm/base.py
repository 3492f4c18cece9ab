"""Template of all language models: limits are checked here, a backend yields pieces of text."""

from __future__ import annotations

import abc
from collections.abc import Callable, Iterator

from core.errors import InputError
from core.protocols import Prompt


class StreamingModel(abc.ABC):
    """Base of language model backends."""

    @property
    @abc.abstractmethod
    def name(self) -> str:
        """Shown in answers."""

    @abc.abstractmethod
    def _pieces(self, prompt: Prompt, max_tokens: int, temperature: float) -> Iterator[str]:
        """Yield the reply piece by piece; closing the iterator ends the generation."""

    def stream(
        self,
        prompt: Prompt,
        *,
        max_tokens: int,
        temperature: float,
        stop: Callable[[], bool] | None = None,
    ) -> Iterator[str]:
        """Yield pieces of the reply until it ends or `stop` returns true.

        Raises
        ------
        InputError
            If the prompt is blank or a limit makes no sense.
        BackendUnavailable
            If the model does not answer.
        """
        if not prompt.user.strip():
            raise InputError("the prompt is empty", fix="ask something")
        if max_tokens < 1 or not 0 <= temperature <= 2:
            raise InputError("max_tokens must be positive and temperature within 0 to 2", fix="change the request")
        pieces = self._pieces(prompt, max_tokens, temperature)
        try:
            for piece in pieces:
                if stop is not None and stop():
                    return
                if piece:
                    yield piece
        finally:
            close = getattr(pieces, "close", None)
            if close is not None:
                close()

    def complete(self, prompt: Prompt, *, max_tokens: int, temperature: float = 0.0) -> str:
        """The whole reply."""
        return "".join(self.stream(prompt, max_tokens=max_tokens, temperature=temperature))


def messages(prompt: Prompt) -> list[dict[str, str]]:
    """The prompt as chat messages.

    Examples
    --------
    >>> messages(Prompt(system="", user="hi"))
    [{'role': 'user', 'content': 'hi'}]
    """
    system = [{"role": "system", "content": prompt.system}] if prompt.system else []
    return [*system, {"role": "user", "content": prompt.user}]
