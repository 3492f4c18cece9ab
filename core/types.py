"""The frozen types that pass between stages, and the JSON shapes of the command line and REST: the one definition.

Offsets count characters (not bytes) of a document's canonical text: ``document.text[start:end]``.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import BaseModel, ConfigDict, Field

StageName = Literal["bm25", "dense", "neighbours", "colbert", "rerank"]
STAGES: tuple[StageName, ...] = ("bm25", "dense", "neighbours", "colbert", "rerank")
ChunkKind = Literal["prose", "question-answer", "table", "code", "formula", "list"]
JobState = Literal["queued", "running", "done", "failed", "cancelled"]
DocumentState = Literal["queued", "indexed", "unchanged", "refused", "removed"]


class Frozen(BaseModel):
    """Base of all types here: immutable, unknown fields refused."""

    model_config = ConfigDict(frozen=True, extra="forbid")


class Section(Frozen):
    """A heading and the text it governs, up to the next heading of its level or above.

    Attributes
    ----------
    heading : str
        The heading's own words, markup and numbering removed.
    level : int
        1 for the outermost.
    start, end : int
        Characters of the whole section, its heading line included.
    body_start : int
        Where the text after the heading line begins.
    """

    heading: str
    level: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    body_start: int = Field(ge=0)


class PageSpan(Frozen):
    """Characters that stand on one page (or slide, or sheet), numbered from 1."""

    page: int = Field(ge=1)
    start: int = Field(ge=0)
    end: int = Field(ge=0)


class Document(Frozen):
    """A source turned into canonical text.

    Attributes
    ----------
    id : str
        Unique over all collections.
    source : str
        What people see: the last component of the SOURCE argument and the path below it.
    origin : str
        The SOURCE argument made absolute, or the URL, or ``upload:``; indexing it again replaces only its documents.
    title : str
        First heading, or a title the format carries, or the file's name.
    media_type : str
        MIME type of the bytes.
    text : str
        Canonical text; plain text, Markdown and source code keep their characters unchanged.
    sha256 : str
        Of `text`, as UTF-8.
    sections : tuple of Section
        In order of `start`; may be empty.
    pages : tuple of PageSpan
        Empty where the format has no pages.
    """

    id: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    source: str
    origin: str
    title: str
    media_type: str
    text: str
    sha256: str
    sections: tuple[Section, ...]
    pages: tuple[PageSpan, ...]


class Chunk(Frozen):
    """A unit of retrieval: an exact span of a document.

    Attributes
    ----------
    id : str
        ``<document_id>-<start>-<end>``: stable while the document's text is.
    text : str
        ``document.text[start:end]``.
    heading_path : tuple of str
        Headings from the outermost to the one that governs the span.
    context : str
        What the encoder reads before the text: the breadcrumb, and the question where the chunk continues an answer.
    """

    id: str
    document_id: str
    source: str
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    kind: ChunkKind
    context: str


class StageScore(Frozen):
    """Where one stage put a hit (rank from 1) and with what score of its own scale."""

    rank: int
    score: float


class Hit(Frozen):
    """A chunk that was retrieved; `stages` has a key for each stage asked for, None where it did not see the hit."""

    rank: int
    chunk_id: str
    document_id: str
    source: str
    title: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    text: str
    score: float
    stages: dict[str, StageScore | None]


class SearchResult(Frozen):
    """Hits of one query, best first; `verdicts` says what was decided on the way (weights of the fusion, what was re-ranked)."""

    query: str
    hits: tuple[Hit, ...]
    stages_run: tuple[str, ...]
    stages_missing: dict[str, str]
    verdicts: dict[str, str]
    timings_ms: dict[str, float]


class Citation(Frozen):
    """An exact span that vouches for a sentence: ``quote == document.text[start:end]``."""

    marker: int | None
    document_id: str
    source: str
    heading_path: tuple[str, ...]
    page: int | None
    start: int
    end: int
    quote: str
    support: float
    verdict: Literal["supported", "contradicted"]


class Figure(Frozen):
    """A picture, its bytes at ``/v1/figures/{sha256}``."""

    media_type: str
    sha256: str


class Execution(Frozen):
    """One run of a reference implementation."""

    algorithm: str
    title: str
    inputs: dict[str, Any]
    inputs_from: Literal["question", "request", "example", "mixed"]
    output: dict[str, Any] | None
    code: str
    path: str
    sha256: str
    ok: bool
    error: str | None
    duration_ms: float
    cached: bool
    figure: Figure | None


class Warning(Frozen):
    """Something the reader must know: a wrong source, a contradiction, a recomputed value, a false premise."""

    kind: Literal["erratum", "contradiction", "recomputed", "false_premise", "notice"]
    marker: int | None
    claim: str
    correct: str
    execution: int | None
    reference: str | None


class ModelInfo(Frozen):
    """Which models answered."""

    llm: str
    profile: str


class Answer(Frozen):
    """A whole answer; `answer` is Markdown with ``[1]`` markers that match `citations` one to one."""

    question: str
    standalone_question: str
    answer: str
    abstained: bool
    confidence: float
    citations: tuple[Citation, ...]
    executions: tuple[Execution, ...]
    warnings: tuple[Warning, ...]
    closest: Citation | None
    answer_id: str
    model: ModelInfo
    timings_ms: dict[str, float]
    trace: dict[str, Any] | None = None


class Turn(Frozen):
    """One message of a conversation."""

    role: Literal["user", "assistant"]
    content: str = Field(max_length=100_000)


class DocumentReport(Frozen):
    """What became of one file of an ingest: its state, and a reason code where it was refused."""

    source: str
    document_id: str | None
    state: DocumentState
    reason: str | None


class JobStatus(Frozen):
    """A job, and for each of its documents what became of it and why."""

    id: str
    state: JobState
    documents: tuple[DocumentReport, ...]


class IngestReport(Frozen):
    """What one ingest did."""

    collection: str
    generation: int
    documents: tuple[DocumentReport, ...]
    chunks_added: int
    seconds: float


class DocumentSummary(Frozen):
    """One row of the list of documents."""

    id: str
    collection: str
    source: str
    title: str
    media_type: str
    characters: int
    chunks: int
    sha256: str
    pages: int


FindingKind = Literal["erratum", "arithmetic", "example", "code", "formula", "table", "contradiction"]
Verdict = Literal["wrong", "imprecise", "garbled", "contradiction", "outdated"]


class Related(Frozen):
    """Another passage that a finding is about: ``quote == text[start:end]`` of `source`."""

    source: str
    start: int
    end: int
    quote: str


class Reference(Frozen):
    """Literature or a stated reason that shows what is right."""

    reference: str


class Finding(Frozen):
    """Something that a document claims and that is not right.

    Attributes
    ----------
    quote : str
        ``document.text[start:end]``.
    claim : str
        What is claimed, as a clause.
    correct : str
        What is right, in a sentence or two.
    value : any JSON value
        What was recomputed; None where nothing was.
    confidence : float
        How sure it is that the claim was understood as it was meant and is not right, 0 to 1.
    severity : int
        1 misleads whoever believes it, 2 is imprecise, 3 is cosmetic.
    proof : Execution, Reference or None
        The run or the literature that shows what is right.
    related : tuple of Related
        Passages that say otherwise.
    """

    source: str
    start: int = Field(ge=0)
    end: int = Field(ge=0)
    quote: str
    claim: str
    kind: FindingKind
    verdict: Verdict
    correct: str
    value: Any = None
    confidence: float = Field(ge=0, le=1)
    severity: int = Field(ge=1, le=3)
    proof: Execution | Reference | None = None
    related: tuple[Related, ...] = ()


class CheckReport(Frozen):
    """Findings by source and position, and how many documents were checked."""

    findings: tuple[Finding, ...]
    checked: int


class AlgorithmSummary(Frozen):
    """One element of the list of algorithms."""

    id: str
    family: str
    name: str
    aliases: tuple[str, ...]
    summary: str
    inputs_schema: dict[str, Any]
    example_inputs: dict[str, Any]
    path: str


class AlgorithmDetail(AlgorithmSummary):
    """An element with its article and code."""

    article: str
    code: str
    sha256: str
