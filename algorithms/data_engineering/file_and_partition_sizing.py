r"""File and partition sizing chooses how many files or partitions data is cut into, to avoid the small-file problem.

$$n_{\text{files}} = \Big\lceil \frac{\text{records}}{\text{records a file}} \Big\rceil, \qquad
n_{\text{partitions}} = \Big\lceil \frac{\text{bytes}}{200\,\text{MB}} \Big\rceil$$

**Intuition.** Opening a file costs the same whether it holds ten records or a million. A billion records at ten a file are
100 million files, and the time goes into opening them and into the catalogue; one single file cannot be read in parallel.
In between, a thousand files of a million records keep all readers busy.

**When to use it.** When writing to a data lake and when setting Spark's shuffle partitions: 100 to 200 MB a file and about
200 MB a partition are common targets.

**Cost.** files × opening time / workers + bytes / bandwidth.

**Pitfalls.** Spark's default of 200 shuffle partitions is a fixed number, right only near 40 GB: compute it from the bytes, or
let adaptive execution merge partitions. Partition by columns with few values; a partition by user id makes millions of
tiny files. Streaming jobs write small files all day, so compact them. Sizes on disk are compressed; memory needs several
times more. One partition above the memory of a worker spills or fails. Skewed keys stay skewed whatever the count.

**References.** Apache Spark documentation, *SQL Performance Tuning* (`spark.sql.shuffle.partitions`). Databricks and Delta Lake
documentation on file size tuning.
"""

from __future__ import annotations

import math
from typing import Annotated, Any

from pydantic import Field

from algorithms.registry import Output, algorithm

Seconds = Annotated[float, Field(gt=0, le=1_000)]
SPARK_DEFAULT = 200


def scan_seconds(files: int, total: float, workers: int, open_seconds: float, rate: float) -> float:
    """Time until the last of the workers has opened its share of the files and read it.

    Examples
    --------
    >>> scan_seconds(files=4, total=400.0, workers=2, open_seconds=1.0, rate=100.0)
    4.0
    """
    share = math.ceil(files / workers)  # files of the busiest worker
    return share * (open_seconds + total / files / rate)


def draw(inputs: dict[str, Any], output: Output) -> Any:
    """Scan time by number of files."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=(5, 3), layout="constrained")
    axes = figure.subplots()
    axes.plot(output["sweep_files"], output["sweep_seconds"], "o-")
    axes.axvline(output["target_files"], linestyle="--", color="grey", label="target size")
    axes.set(xscale="log", yscale="log", xlabel="files", ylabel="scan (s)", title="small-file problem")
    axes.legend()
    return figure


@algorithm(
    id="file-and-partition-sizing",
    name="File and partition sizing (small-file problem)",
    aliases=(
        "small files",
        "Spark shuffle partitions",
        "200 MB",
        "small-file problem",
        "number of partitions",
        "file size",
    ),
    example={"records": 1_000_000_000, "records_per_file": 1_000_000, "bytes_per_record": 100},
    figure=draw,
)
def file_and_partition_sizing(
    records: Annotated[int, Field(ge=1, le=10**13)] = 1_000_000_000,
    records_per_file: Annotated[int, Field(ge=1, le=10**13)] = 1_000_000,
    bytes_per_record: Annotated[float, Field(gt=0, le=1e9)] = 100,
    target_mb: Annotated[float, Field(gt=0, le=100_000)] = 200,
    workers: Annotated[int, Field(ge=1, le=100_000)] = 50,
    open_seconds: Seconds = 0.02,
    mb_per_second: Annotated[float, Field(gt=0, le=1e6)] = 100,
    total_mb: Annotated[float | None, Field(gt=0, le=1e12)] = None,
) -> Output:
    """Count files and partitions and estimate the time of a full scan.

    Parameters
    ----------
    records : int
        Number of records.
    records_per_file : int
        Records written to each file.
    bytes_per_record : float
        Size of a record.
    target_mb : float
        Wanted size of a file or partition in MB of 10^6 bytes.
    workers : int
        Parallel readers.
    open_seconds : float
        Overhead of each file.
    mb_per_second : float
        Reading speed of a worker.
    total_mb : float or None
        Size of all data in MB; by default that of the records.

    Returns
    -------
    dict
        ``files`` and ``mb_per_file`` as given; ``target_files`` (also the number of ``partitions``) of at most the target
        size; ``partition_mb_at_spark_default``, the size with 200 partitions; ``scan_seconds`` and
        ``scan_seconds_at_target``; ``sweep_files`` and ``sweep_seconds``.

    Examples
    --------
    >>> r = file_and_partition_sizing(records=10**9, records_per_file=10)
    >>> r["files"], r["target_files"]
    (100000000, 500)
    """
    total = records * bytes_per_record / 1e6 if total_mb is None else total_mb
    files, target = math.ceil(records / records_per_file), max(1, math.ceil(total / target_mb))

    def scan(count: int) -> float:
        return scan_seconds(count, total, workers, open_seconds, mb_per_second)

    sweep = sorted({10**e for e in range(9) if 10**e <= records} | {target})
    return {
        "files": files,
        "mb_per_file": total / files,
        "target_files": target,
        "partitions": target,
        "partition_mb_at_spark_default": total / SPARK_DEFAULT,
        "scan_seconds": scan(files),
        "scan_seconds_at_target": scan(target),
        "sweep_files": sweep,
        "sweep_seconds": [scan(count) for count in sweep],
    }
