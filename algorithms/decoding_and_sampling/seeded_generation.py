r"""Seeded generation makes sampled text reproducible: the same seed, reset before the call, yields the same random numbers and so the same tokens.

$$u_1, u_2, \dots = \mathrm{PRNG}(\text{seed}), \qquad y_t = F^{-1}_{p_t}(u_t)$$

**Intuition.** A pseudo-random generator is a deterministic machine with a state. Setting the seed sets the state; every draw moves it on. So two calls after *one* seed differ, and the pair as a whole repeats. With seed 42 and probabilities .4, .3, .2, .1 the first ten tokens are 2 1 2 1 0 3 2 2 0 1, the next ten differ, and after reseeding the first ten come back.

**When to use it.** For tests, debugging, and fair comparison of prompts or models.

**Cost.** None; but every seed explored needs a new generation run.

**Pitfalls.** Seeds matter only where something is sampled: greedy and beam search, top-k with $k = 1$ or very low temperature give the same text for *all* seeds, and different seeds may collide. Reproducibility also needs the same model, number format, kernels and hardware, batch, library version and settings; `set_seed` seeds Python, NumPy and torch
but forces no deterministic kernels. Setting `random.seed` in a *client* does nothing to sampling on a server, and adding "Seed-42" to a prompt merely changes the prompt; an API's own seed parameter is what counts, as best effort. Similar probabilities are no precondition.

**References.** O'Neill, *PCG: A Family of Better Random Number Generators* (2014). PyTorch documentation, *Reproducibility*.
"""

from __future__ import annotations

import random
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from algorithms.decoding_and_sampling.categorical_sampling import Probabilities, checked, draw_tokens
from algorithms.inputs import Seed
from algorithms.registry import Output, algorithm
from algorithms.toy_data import Floats


class MockServer:
    """A text server: its generator is its own unless a request brings a seed; the prompt shifts the distribution."""

    def __init__(self, p: Floats, entropy: int) -> None:
        self.p, self.rng = p, np.random.default_rng(entropy)

    def complete(self, prompt: str, tokens: int, seed: int | None = None) -> list[int]:
        """Tokens drawn for a prompt."""
        rng = self.rng if seed is None else np.random.default_rng(seed)
        rolled = np.roll(self.p, len(prompt))
        return [int(i) for i in draw_tokens(rolled, rng.random(tokens))]


def client_side(p: Floats, seed: int, entropy: int) -> dict[str, bool]:
    """Whether each way of "setting a seed" makes two equal requests to a mock server agree."""
    server = MockServer(p, entropy)
    prompt = "Once upon a time in a distant land"

    def with_client_seed() -> list[int]:
        random.Random(seed).random()  # the client's own generator
        return server.complete(prompt, 100)

    suffixed = prompt + f" Seed-{seed}"
    return {
        "client_random_seed": with_client_seed() == with_client_seed(),
        "prompt_suffix": server.complete(suffixed, 100) == server.complete(suffixed, 100),
        "api_seed": server.complete(prompt, 100, seed) == server.complete(prompt, 100, seed),
    }


@algorithm(
    id="seeded-generation",
    name="Seeded, reproducible generation",
    aliases=(
        "seed",
        "set_seed",
        "reproducibility",
        "random seed",
        "API seed parameter vs a client-side seed",
        "OpenAI seed",
        "system_fingerprint",
    ),
    example={"probabilities": [0.4, 0.3, 0.2, 0.1], "seed": 42, "tokens": 10, "seeds": [1, 2, 3, 4]},
)
def seeded_generation(
    probabilities: Probabilities,
    seed: Seed = 42,
    tokens: Annotated[int, Field(ge=1, le=50)] = 10,
    seeds: Annotated[list[Seed], Field(min_length=1, max_length=10)] | None = None,
    strategy: Literal["sample", "greedy"] = "sample",
) -> Output:
    """Draw with one seed again and again, with several seeds, and from a mock server.

    Parameters
    ----------
    probabilities : list of float, (V,)
        Probability of each token at every step.
    seed : int
        Seed of the calls.
    tokens : int
        Tokens a call.
    seeds : list of int, optional
        Seeds to compare; 1, 42, 99 if not given.
    strategy : {"sample", "greedy"}
        Draw, or always take the likeliest token.

    Returns
    -------
    dict
        ``first_call`` and ``second_call`` after one seeding; ``after_reseeding``, equal to the first; ``calls_differ``;
        ``by_seed``, tokens for each of `seeds`; ``distinct_outputs`` among them; ``server_agrees``, whether two equal requests to
        a mock server agree by a client-side random seed, a prompt suffix, or the API's seed.

    Raises
    ------
    ValueError
        If the probabilities do not sum to one.

    Examples
    --------
    >>> output = seeded_generation([0.4, 0.3, 0.2, 0.1], seed=42)
    >>> output["first_call"], output["after_reseeding"] == output["first_call"]
    ([2, 1, 2, 1, 0, 3, 2, 2, 0, 1], True)
    """
    p = checked(probabilities)  # (V,)

    def call(rng: np.random.Generator) -> list[int]:
        if strategy == "greedy":
            return [int(np.argmax(p))] * tokens
        return [int(i) for i in draw_tokens(p, rng.random(tokens))]

    rng = np.random.default_rng(seed)
    first, second = call(rng), call(rng)
    by_seed = {str(s): call(np.random.default_rng(s)) for s in (seeds or [1, 42, 99])}
    return {
        "first_call": first,
        "second_call": second,
        "after_reseeding": call(np.random.default_rng(seed)),
        "calls_differ": first != second,
        "by_seed": by_seed,
        "distinct_outputs": len({tuple(output) for output in by_seed.values()}),
        "server_agrees": client_side(p, seed, entropy=20_240_101),
    }
