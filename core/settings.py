"""Settings: bounded, unknown keys refused, secrets redacted, passed in and never global.

`app.bootstrap` reads ``./vouch.toml`` (else ``$VOUCH_HOME/vouch.toml``), then the environment (``VOUCH_LLM__BACKEND``
for nested keys), then flags, each overriding the one before, and builds a `Settings` from the result.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field, SecretStr, field_validator, model_validator


class Group(BaseModel):
    """Base of all groups of settings."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class EncoderSettings(Group):
    """The bi-encoder whose pass also gives the token vectors."""

    backend: Literal["bundled", "sentence-transformers", "colbert"] = Field(
        "bundled", description="colbert: a late-interaction checkpoint (Stanford, PyLate, sentence-transformers)"
    )
    model: str = Field("all-MiniLM-L6-v2", description="name or folder of the model")
    weights: str = Field("none", description="trained weights on the bundled backbone: a name, a folder or none")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    batch_tokens: int = Field(8192, ge=256, le=1_048_576, description="padded tokens a batch")
    precision: Literal["auto", "fp32", "bf16"] = "auto"


class RerankerSettings(Group):
    """The cross-encoder."""

    backend: Literal["none", "bundled", "cross-encoder"] = "none"
    model: str = Field("cross-encoder/ms-marco-MiniLM-L6-v2", description="name or folder of the model")
    weights: str = Field("cross-encoder", description="of the bundled backend: a name or a folder")
    device: Literal["auto", "cpu", "cuda"] = "auto"
    candidates: int = Field(20, ge=1, le=200, description="hits it scores")


class LLMSettings(Group):
    """The language model."""

    backend: Literal["xllamacpp", "transformers", "openai", "langchain", "none"] = "xllamacpp"
    model: str = Field("", description="GGUF file, model folder, remote or provider:name; empty is the bundled one")
    adapter: str = Field("", description="GGUF low-rank adapter that xllamacpp loads beside the model")
    base_url: str = Field("", description="of an OpenAI-compatible endpoint")
    api_key: SecretStr = Field(SecretStr(""), description="for that endpoint")
    context_tokens: int = Field(2048, ge=256, le=1_048_576)
    max_tokens: int = Field(160, ge=16, le=4096, description="longest reply")
    threads: int = Field(0, ge=0, le=256, description="0: all cores")
    timeout_seconds: float = Field(60.0, gt=0, le=3600)


class RetrievalSettings(Group):
    """The cascade."""

    candidates: int = Field(150, ge=10, le=2000, description="from each of BM25 and the bi-encoder")
    seeds: int = Field(8, ge=0, le=100, description="top candidates whose neighbours are added")
    neighbours: int = Field(6, ge=0, le=100, description="neighbours of each seed")
    hit_characters: int = Field(1200, ge=0, le=100_000, description="a hit grows within its section up to this length")
    dense_index: Literal["auto", "exact", "ivf", "torch", "faiss-gpu"] = Field(
        "auto",
        description="how sentence vectors are searched: auto is exact, and an inverted file from 20,000 chunks on",
    )
    fusion: Literal["auto", "label-free"] = Field(
        "auto", description="auto uses the weights that a collection learned from judged queries, where they gained"
    )
    bm25_weight: float = Field(0.5, ge=0, le=10)
    dense_weight: float = Field(1.0, ge=0, le=10)
    colbert_weight: float = Field(1.0, ge=0, le=10)
    rerank_weight: float = Field(1.0, ge=0, le=10)
    rerank_margin: float = Field(
        100.0, ge=0, le=100, description="fused scores further apart than this are a certain order, not re-ranked"
    )
    topic_weight: float = Field(
        0.5, ge=0, le=10, description="of the names that the handbook gives a question's topics"
    )
    topics: int = Field(2, ge=0, le=10, description="names taken from the handbook; 0 asks it for none")
    name_weight: float = Field(
        6.0, ge=0, le=100, description="added to the fused score of what is called exactly as the question's topic"
    )
    bm25_k1: float = Field(1.5, ge=0, le=10)
    bm25_b: float = Field(0.75, ge=0, le=1)


class IngestSettings(Group):
    """The write path."""

    max_file_bytes: int = Field(200 * 2**20, ge=1, description="larger files are refused with reason too_large")
    max_archive_files: int = Field(10_000, ge=1)
    max_archive_bytes: int = Field(2 * 2**30, ge=1, description="of all unpacked members")
    chunk_tokens: int = Field(128, ge=32, le=8192, description="longest chunk, breadcrumb included")
    check: bool = Field(True, description="let a server check what it has indexed, in the background")


class AnswerSettings(Group):
    """From hits to an answer."""

    hits: int = Field(8, ge=1, le=50, description="passages the evidence is taken from")
    risk: float = Field(0.06, ge=0, le=1, description="largest accepted share of wrong answers among those given")
    handbook: bool = Field(True, description="let the built-in handbook answer what documents don't cover")
    reader: str = Field("reader", description="weights that judge whether a passage answers: a name or a folder")


class ServerSettings(Group):
    """The REST server and chat page."""

    host: str = "127.0.0.1"
    port: int = Field(8000, ge=0, le=65535)
    max_upload_bytes: int = Field(200 * 2**20, ge=1)
    max_concurrent: int = Field(
        0, ge=0, le=1024, description="requests worked on at once, more wait; 0: one a core, two at least"
    )
    max_waiting: int = Field(64, ge=0, le=10_000, description="of those that wait for their turn; more get 503")
    max_wait_seconds: float = Field(
        30.0, ge=0, le=3600, description="longest wait; those that would wait longer get 503 at once"
    )
    timeout_seconds: float = Field(120.0, gt=0, le=3600, description="of one question; a longer one ends with 503")
    keys: Literal["auto", "required"] = Field(
        "auto", description="auto asks for API keys off the loopback address only"
    )
    requests_a_minute: int = Field(600, ge=1, le=1_000_000, description="of one API key; more get 429")
    allowed_hosts: tuple[str, ...] = Field(
        (), description="host names to answer to besides the address it binds; separated by commas in the environment"
    )

    @field_validator("allowed_hosts", mode="before")
    @classmethod
    def _separated(cls, value: Any) -> Any:
        return tuple(filter(None, map(str.strip, value.split(",")))) if isinstance(value, str) else value


class QdrantSettings(Group):
    """The distributed engine; a server where `url` is set, else its local mode in `path`."""

    url: str = Field("", description="of a Qdrant server or cluster")
    api_key: SecretStr = Field(SecretStr(""), description="for that server")
    path: str = Field(":memory:", description="folder of the client's local mode, without a server")
    grpc: bool = Field(False, description="talk gRPC instead of REST")
    prefix: str = Field("vouch_", pattern=r"^[A-Za-z0-9_-]*$", description="of the names of all collections there")
    shards: int = Field(1, ge=1, le=1024, description="shards of a new collection")
    replicas: int = Field(1, ge=1, le=64, description="copies of each shard")
    write_consistency: int = Field(1, ge=1, le=64, description="replicas that must acknowledge a write")
    quantization: Literal["none", "scalar", "binary"] = Field("none", description="of sentence vectors in memory")
    on_disk: bool = Field(False, description="keep original vectors and the sparse index on disk")
    hnsw_m: int = Field(16, ge=0, le=256, description="edges of a node in the graph of sentence vectors")
    hnsw_ef_construct: int = Field(128, ge=4, le=4096)
    hnsw_ef: int = Field(256, ge=1, le=65_536, description="width of a search in that graph")
    exact: bool = Field(False, description="compare every sentence vector instead of walking the graph")
    oversampling: float = Field(
        2.0, ge=1, le=20, description="lexical candidates asked for, times those wanted, to be scored exactly"
    )
    batch_points: int = Field(64, ge=1, le=10_000, description="points a write")
    timeout_seconds: float = Field(60.0, ge=1, le=3600)
    lease_seconds: float = Field(120.0, ge=1, le=86_400, description="after which a dead writer's lock is taken over")


class StoreSettings(Group):
    """Where collections lie."""

    backend: Literal["embedded", "qdrant"] = "embedded"
    qdrant: QdrantSettings = QdrantSettings()


class DistributedSettings(Group):
    """Ingest on a Ray cluster."""

    address: str = Field(
        "", description="of the cluster, auto for the one this machine is part of; empty: none is used"
    )
    parsers: int = Field(2, ge=1, le=4096, description="actors that parse and chunk")
    encoders: int = Field(2, ge=1, le=4096, description="actors that encode")
    parser_cpus: float = Field(1.0, ge=0, le=1024, description="cores an actor asks for")
    encoder_cpus: float = Field(1.0, ge=0, le=1024)
    encoder_gpus: float = Field(0.0, ge=0, le=64)
    in_flight: int = Field(64, ge=1, le=100_000, description="documents between their source and the store")
    attempts: int = Field(3, ge=1, le=100, description="workers that may die over a document before it is refused")


class QueueSettings(Group):
    """Where ingest jobs are written down."""

    url: SecretStr = Field(SecretStr(""), description="postgresql:// address; empty is each collection's SQLite")
    lease_seconds: float = Field(120.0, ge=1, le=86_400, description="after which a dead server's job is taken over")


class Settings(Group):
    """All settings of one Vouch."""

    profile: Literal["bundled", "hub", "gpu", "cluster"] = Field(
        "bundled", description="cluster: collections lie in Qdrant where `store.backend` says nothing else"
    )
    encoder: EncoderSettings = EncoderSettings()
    reranker: RerankerSettings = RerankerSettings()
    llm: LLMSettings = LLMSettings()
    retrieval: RetrievalSettings = RetrievalSettings()
    ingest: IngestSettings = IngestSettings()
    answer: AnswerSettings = AnswerSettings()
    server: ServerSettings = ServerSettings()
    store: StoreSettings = StoreSettings()
    queue: QueueSettings = QueueSettings()
    distributed: DistributedSettings = DistributedSettings()

    @model_validator(mode="before")
    @classmethod
    def _of_the_profile(cls, values: Any) -> Any:
        if isinstance(values, dict) and values.get("profile") == "cluster":
            store = values.get("store", {})
            if isinstance(store, dict):
                return {**values, "store": {"backend": "qdrant", **store}}
        return values
