from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from algorithms.data_engineering.file_and_partition_sizing import file_and_partition_sizing, scan_seconds
from algorithms.registry import load
from core.errors import InputError


@pytest.mark.parametrize(("per_file", "files"), [(10, 100_000_000), (10**9, 1), (10**6, 1000), (3, 333_333_334)])
def test_file_counts(per_file: int, files: int) -> None:
    assert file_and_partition_sizing(records=10**9, records_per_file=per_file)["files"] == files


@given(st.integers(1, 10**12), st.floats(1, 1000), st.floats(50, 500))
def test_partitions_are_as_few_as_fit_the_target(records: int, size: float, target: float) -> None:
    r = file_and_partition_sizing(records=records, bytes_per_record=size, target_mb=target)
    total = records * size / 1e6
    assert total / r["partitions"] <= target * (1 + 1e-9)
    assert r["partitions"] == 1 or total / (r["partitions"] - 1) > target * (1 - 1e-9)


def test_spark_default_fits_forty_gigabytes() -> None:
    r = file_and_partition_sizing(records=400_000_000, bytes_per_record=100)
    assert r["partitions"] == 200 and r["partition_mb_at_spark_default"] == 200


def test_both_extremes_are_slow() -> None:
    # 100 GB, 50 workers: one file 1000 s; 1e8 files 2e6 openings of 0.02 s a worker; 500 files 10 * (0.02 + 2) s
    tiny, single = (file_and_partition_sizing(records_per_file=n) for n in (10, 10**9))
    assert single["scan_seconds"] == pytest.approx(1000.02)
    assert tiny["scan_seconds"] == pytest.approx(2e6 * 0.02 + 20)
    assert single["scan_seconds_at_target"] == pytest.approx(20.2)
    sweep = single["sweep_seconds"]
    assert sweep[0] > min(sweep) < sweep[-1]


def test_equal_to_a_schedule_of_files() -> None:
    loads = [0.0] * 3
    for _ in range(10):
        loads[loads.index(min(loads))] += 0.5 + 100 / 10 / 20
    assert scan_seconds(10, 100.0, 3, 0.5, 20.0) == pytest.approx(max(loads))


@pytest.mark.parametrize("bad", [{"records": 0}, {"target_mb": 0}, {"bytes_per_record": -1}])
def test_bad_input_is_refused(bad: dict[str, object]) -> None:
    with pytest.raises(InputError):
        load("file-and-partition-sizing").run(bad)
