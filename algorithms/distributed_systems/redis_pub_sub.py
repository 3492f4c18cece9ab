r"""Redis publish/subscribe delivers each message to the clients subscribed at that moment and stores nothing; beside it Redis is a key-value store.

$$\text{receivers(message)} = \{\text{clients subscribed to the channel when it is published}\}$$

**Intuition.** Redis, the REmote DIctionary Server, keeps a dictionary in memory. SET and GET read and write it. PUBLISH is
different: it pushes a message through open connections, returns the number of receivers, and forgets it. Delivery is at
most once.

**When to use it.** Notifications whose loss does not matter: cache invalidation, presence, live dashboards. The key-value
part serves caches, sessions, counters and locks.

**Cost.** PUBLISH takes time proportional to the subscribers of the channel.

**Pitfalls.** It is fire and forget: a client that subscribes late, or is away for a second, misses messages for good. Use
Redis Streams or Kafka where messages must be kept and re-read. A slow subscriber's output buffer grows until it is
disconnected. Channels and keys are separate name spaces. In a cluster, classic PUBLISH is broadcast to all nodes; sharded
pub/sub avoids that. A subscription survives no reconnect.

**References.** Redis documentation, *Redis Pub/Sub*. Carlson, *Redis in Action* (2013).
"""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from algorithms.inputs import Name
from algorithms.registry import Output, algorithm

Event = tuple[Literal["subscribe", "unsubscribe", "publish", "set", "get"], Name, Name]


@algorithm(
    id="redis-pub-sub",
    name="Redis publish/subscribe and key-value store",
    aliases=("Redis", "pub/sub", "REmote DIctionary Server", "publish subscribe", "fire and forget messaging"),
    example={
        "events": [
            ["subscribe", "news", "ann"],
            ["publish", "news", "first"],
            ["subscribe", "news", "bob"],
            ["publish", "news", "second"],
            ["unsubscribe", "news", "ann"],
            ["publish", "news", "third"],
            ["set", "color", "blue"],
            ["get", "color", "ann"],
        ]
    },
)
def redis_pub_sub(events: Annotated[list[Event], Field(min_length=1, max_length=500)]) -> Output:
    """Replay commands against one server.

    Parameters
    ----------
    events : list of (command, name, argument)
        ``subscribe`` and ``unsubscribe``: channel, client. ``publish``: channel, message. ``set``: key, value. ``get``: key,
        client.

    Returns
    -------
    dict
        ``inbox`` of each client as "channel: message" (at most 50 each); ``receivers``, the reply to each publish;
        ``published``, ``deliveries`` and ``lost``, messages that nobody received; ``reads`` as "key = value" or null;
        ``store``, the keys at the end (at most 50).

    Examples
    --------
    >>> r = redis_pub_sub([("publish", "news", "early"), ("subscribe", "news", "ann"), ("publish", "news", "late")])
    >>> r["inbox"], r["receivers"], r["lost"]
    ({'ann': ['news: late']}, [0, 1], 1)
    """
    channels: dict[str, dict[str, None]] = {}
    inbox: dict[str, list[str]] = {}
    store: dict[str, str] = {}
    receivers: list[int] = []
    reads: list[str | None] = []
    for command, name, argument in events:
        if command == "subscribe":
            channels.setdefault(name, {})[argument] = None
            inbox.setdefault(argument, [])
        elif command == "unsubscribe":
            channels.get(name, {}).pop(argument, None)
        elif command == "publish":
            clients = channels.get(name, {})
            for client in clients:
                inbox[client].append(f"{name}: {argument}")
            receivers.append(len(clients))
        elif command == "set":
            store[name] = argument
        else:
            reads.append(f"{name} = {store[name]}" if name in store else None)
    return {
        "inbox": {client: messages[:50] for client, messages in list(inbox.items())[:50]},
        "receivers": receivers[:50],
        "published": len(receivers),
        "deliveries": sum(receivers),
        "lost": receivers.count(0),
        "reads": reads[:50],
        "store": dict(list(store.items())[:50]),
    }
