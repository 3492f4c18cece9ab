from __future__ import annotations

import pickle

import pytest

from core import errors

KINDS = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.VouchError)]


@pytest.mark.parametrize("kind", KINDS)
def test_an_error_survives_the_way_out_of_a_worker_process(kind: type[errors.VouchError]) -> None:
    more = {"reason": "empty"} if kind is errors.UnreadableDocument else {}
    error = kind("what is wrong", fix="do this", **more)
    back = pickle.loads(pickle.dumps(error))
    assert type(back) is kind
    assert (str(back), vars(back), back.args) == (str(error), vars(error), error.args)
