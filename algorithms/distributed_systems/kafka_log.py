r"""A Kafka topic is an append-only log: messages stay after they are read, and each consumer group keeps its own offset.

$$\text{lag} = \text{end offset} - \text{committed offset}, \qquad
\text{kept} = \{m : \text{age}(m) \le \text{retention} \text{ and } m \text{ among the newest } n\}$$

**Intuition.** A queue deletes what it delivers. A log only remembers where each reader is, so many groups read the same
messages at their own pace, and moving an offset back replays the past. Old messages go when retention, by age or by size,
says so, read or not.

**When to use it.** Event streams with several independent readers, change data capture, rebuilding state by replay.

**Cost.** Appending and reading are sequential; space grows with retention.

**Pitfalls.** Consumers are not notified: they poll from their offset, and nothing is pushed to them. Order holds within a
partition only; messages with one key go to one partition. A group that lags behind retention loses messages silently.
Within a group a partition has one reader, so more consumers than partitions idle. Committing before processing risks
loss, after it repeats. The name of a topic is unique in its cluster. Adding partitions changes where keys go.

**References.** Kreps, Narkhede and Rao, *Kafka: a Distributed Messaging System for Log Processing* (2011). Apache Kafka
documentation.
"""

from __future__ import annotations

import zlib
from typing import Annotated

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Time = Annotated[float, Field(ge=0, le=1e9)]


class Partition:
    """Messages (time, value) from offset `start` on.

    Examples
    --------
    >>> partition = Partition()
    >>> for time, value in ((0.0, "a"), (5.0, "b")):
    ...     partition.append(time, value)
    >>> partition.expire(now=8.0, max_age=4.0, max_messages=10)
    >>> partition.start, partition.end, partition.read(0, 10)
    (1, 2, (['b'], 2))
    """

    def __init__(self) -> None:
        self.start = 0
        self.messages: list[tuple[float, str]] = []

    @property
    def end(self) -> int:
        """Offset of the next message."""
        return self.start + len(self.messages)

    def append(self, time: float, value: str) -> None:
        """Add a message at the end."""
        self.messages.append((time, value))

    def expire(self, now: float, max_age: float, max_messages: int) -> None:
        """Drop messages from the front that are too old or too many."""
        drop = max(0, len(self.messages) - max_messages)
        while drop < len(self.messages) and now - self.messages[drop][0] > max_age:
            drop += 1
        self.start += drop
        del self.messages[:drop]

    def read(self, offset: int, count: int) -> tuple[list[str], int]:
        """Up to `count` values from `offset`, or from the oldest kept message, and the offset after them."""
        first = max(offset, self.start)
        values = [value for _, value in self.messages[first - self.start : first - self.start + count]]
        return values, first + len(values)


@algorithm(
    id="kafka-log",
    name="Kafka append-only log",
    aliases=("Kafka", "topics", "consumers", "offsets", "retention", "consumer group", "append-only log", "event log"),
    example={
        "messages": [[0, "u1", "a"], [1, "u2", "b"], [2, "u1", "c"], [3, "u2", "d"], [9, "u1", "e"]],
        "polls": [["billing", 2], ["audit", 10], ["billing", 10], ["billing", 10]],
        "retention_seconds": 100,
    },
)
def kafka_log(
    messages: Annotated[list[tuple[Time, Name, Name]], Field(min_length=1, max_length=1_000)],
    polls: Annotated[list[tuple[Name, Annotated[int, Field(ge=1, le=1_000)]]], Field(max_length=50)] = [],  # noqa: B006 (never changed)
    partitions: Annotated[int, Field(ge=1, le=16)] = 1,
    retention_seconds: Annotated[float, Field(gt=0, le=1e9)] = 1e6,
    retention_messages: Annotated[int, Field(ge=1, le=1_000)] = 1_000,
    rewind_group: Annotated[str, Field(max_length=200)] = "",
) -> Output:
    """Produce all messages, apply retention at the time of the last one, then let consumer groups poll.

    Parameters
    ----------
    messages : list of (time, key, value)
        In the order of production; times in seconds.
    polls : list of (group, count)
        Each poll reads up to so many messages, partition by partition, from the group's offsets, and commits.
    partitions : int
        Partitions of the topic; a key always goes to the same one.
    retention_seconds : float
        Messages older than this are dropped.
    retention_messages : int
        Messages kept in a partition at most.
    rewind_group : str
        A group whose offsets are set to 0 after the polls and which then reads everything again; may be empty.

    Returns
    -------
    dict
        ``read``, values of each poll (at most 50); ``offsets`` and ``lag`` of each group; ``start_offsets`` and
        ``end_offsets`` of the partitions; ``produced`` = ``kept`` + ``expired``; ``reread`` by the rewound group.

    Raises
    ------
    ValueError
        If the times decrease.

    Examples
    --------
    >>> r = kafka_log([(0, "k", "a"), (1, "k", "b")], polls=[("x", 1), ("y", 5), ("x", 5)])
    >>> r["read"], r["kept"]
    ([['a'], ['a', 'b'], ['b']], 2)
    """
    times = [time for time, _, _ in messages]
    if times != sorted(times):
        raise ValueError("the times must not decrease; sort the messages")
    log = [Partition() for _ in range(partitions)]
    for time, key, value in messages:
        log[zlib.crc32(key.encode()) % partitions].append(time, value)
    for partition in log:
        partition.expire(times[-1], retention_seconds, retention_messages)
    offsets: dict[str, list[int]] = {}

    def poll(group: str, count: int) -> list[str]:
        place = offsets.setdefault(group, [0] * partitions)
        values: list[str] = []
        for number, partition in enumerate(log):
            found, place[number] = partition.read(place[number], count - len(values))
            values += found
        return values

    read = [poll(group, count)[:50] for group, count in polls]
    reread: list[str] = []
    if rewind_group:
        offsets[rewind_group] = [0] * partitions
        reread = poll(rewind_group, len(messages))
    ends = [partition.end for partition in log]
    kept = sum(len(partition.messages) for partition in log)
    return {
        "read": read,
        "offsets": offsets,
        "lag": {group: sum(ends) - sum(place) for group, place in offsets.items()},
        "start_offsets": [partition.start for partition in log],
        "end_offsets": ends,
        "produced": len(messages),
        "kept": kept,
        "expired": len(messages) - kept,
        "reread": reread[:50],
    }
