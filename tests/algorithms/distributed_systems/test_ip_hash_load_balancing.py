from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from algorithms.distributed_systems.ip_hash_load_balancing import ip_hash_load_balancing as balance
from algorithms.registry import load
from core.errors import InputError

IPS = st.tuples(*[st.integers(0, 255)] * 4).map(lambda t: ".".join(map(str, t)))


@given(IPS, st.integers(1, 32), st.integers(0, 9))
def test_the_same_client_meets_the_same_server(ip: str, servers: int, seed: int) -> None:
    r = balance(ip, servers, servers, clients=10, seed=seed)
    assert r["server"] == int(hashlib.md5(ip.encode()).hexdigest()[:16], 16) % servers
    assert r["server"] == r["server_after"] and r["remapped_fraction"] == 0


@given(st.integers(2, 12))
@settings(max_examples=6)
def test_share_of_remapped_clients(servers: int) -> None:
    modulo, ring = (balance(servers=servers, new_servers=servers + 1, method=m) for m in ("modulo", "ring"))
    assert modulo["remapped_fraction"] == pytest.approx(servers / (servers + 1), abs=0.02)
    assert ring["remapped_fraction"] == pytest.approx(1 / (servers + 1), abs=0.06)


def test_a_shared_address_skews_the_load() -> None:
    r = load("ip-hash-load-balancing").run()
    assert r["max_over_mean"] < 1.1 and sum(r["load"]) == 10_000
    # 0.3 of all requests on one of 4 servers, plus its quarter of the rest: (0.3 + 0.7 / 4) * 4 = 1.9
    assert r["max_over_mean_with_nat"] == pytest.approx(1.9, abs=0.05)


@pytest.mark.parametrize("bad", [{"ip": "localhost"}, {"servers": 0}, {"nat_share": 2}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("ip-hash-load-balancing").run(bad)
