"""Algorithms that take a user's own ring, schedule, tests, merges or data size."""

from __future__ import annotations

import pytest

from algorithms.registry import load
from core.errors import InputError


def test_bayes_after_independent_positive_tests() -> None:
    output = load("bayes-theorem").run({"prevalence": 0.01, "sensitivity": 0.9, "specificity": 0.9})
    odds = [9**count / 99 for count in (1, 2, 3)]
    assert output["p_ill_after_positives"] == pytest.approx([o / (1 + o) for o in odds])


def test_own_ring_takes_keys_from_the_clockwise_successor() -> None:
    ring = {"places": {"A": 100, "B": 400, "C": 900}, "new_place": 950, "ring_size": 1000}
    own = load("consistent-hashing").run({"keys": 100, **ring})["own_ring"]
    assert own["moved_from"] == "A"
    assert own["percent_moved"] == pytest.approx(5)
    assert sum(own["shares"].values()) == pytest.approx(1)


def test_own_ring_refuses_a_place_beyond_its_size() -> None:
    with pytest.raises(InputError, match="beyond the ring"):
        load("consistent-hashing").run({"keys": 100, "places": {"A": 2000}, "ring_size": 1000})


def test_merges_without_an_end_mark_are_counted() -> None:
    output = load("byte-pair-encoding").run({"corpus": "aab aab ab", "merges": 1, "text": "ab", "end_of_word": False})
    assert output["merges"] == [["a", "b"]]
    assert output["merge_frequencies"] == [3]
    assert output["corpus_tokens"] == 5


def test_own_betas_and_noise_fix_the_noised_point() -> None:
    output = load("ddpm-forward-process").run({"betas": [0.19, 0.0], "x0": [2], "noise": [1]})
    assert output["alpha_bar"] == pytest.approx(0.81)
    assert output["x_t"] == pytest.approx([1.8 + 0.19**0.5])


def test_noise_of_another_length_is_refused() -> None:
    with pytest.raises(InputError, match="noise values"):
        load("ddpm-forward-process").run({"x0": [2], "noise": [1, 1]})


def test_partitions_of_a_given_data_size() -> None:
    assert load("file-and-partition-sizing").run({"total_mb": 1_000_000})["partitions"] == 5000
