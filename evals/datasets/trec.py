"""TREC folders: documents, ``topics*`` and ``qrels*`` as NIST, Anserini and PyTerrier write them.

Documents are ``corpus.jsonl`` as in BEIR, or TREC text (``<DOC><DOCNO>…``) in ``docs*``. Topics are SGML
(``<top><num><title>``), XML (``<topic number=…>``) or lines of ``id<TAB>text``. Judgements have four columns.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

from core.errors import InputError, NotFound
from evals.datasets.beir import open_text, read_passages
from evals.datasets.collection import Collection, Passage, Qrels

TAG = re.compile(r"<[^<>]*>")
TOP = re.compile(r"<top>(.*?)</top>", re.S | re.I)
NUMBER = re.compile(r"<num>\s*(?:Number:)?\s*([^<\s]+)", re.I)
TITLE = re.compile(r"<title>\s*(?:Topic:)?(.*?)(?=<|$)", re.S | re.I)
TOPIC = re.compile(r"<topic\s[^>]*number=\"([^\"]+)\"[^>]*>(.*?)</topic>", re.S | re.I)
QUERY = re.compile(r"<query>(.*?)</query>", re.S | re.I)
DOC = re.compile(r"<DOC>(.*?)</DOC>", re.S | re.I)
DOCNO = re.compile(r"<DOCNO>(.*?)</DOCNO>", re.S | re.I)


def read_trec(folder: Path) -> Collection:
    """Open a TREC folder; judgements are not touched.

    Raises
    ------
    NotFound
        If a part is missing.
    """
    topics = sorted(folder.glob("topics*"))
    qrels = sorted(folder.glob("qrels*"))
    corpus = next((folder / name for name in ("corpus.jsonl", "corpus.jsonl.gz") if (folder / name).is_file()), None)
    texts = sorted(folder.glob("docs*"))
    if not topics or not qrels or (corpus is None and not texts):
        raise NotFound(f"{folder} is no TREC folder", fix="it needs topics*, qrels* and corpus.jsonl or docs*")
    names = {split_name(path, folder): path for path in qrels}
    return Collection(
        name=folder.resolve().name,
        queries={id: text for path in topics for id, text in read_topics(path).items()},
        splits=sorted(names),
        read_passages=lambda: read_passages(corpus) if corpus else read_trec_text(texts),
        read_qrels=lambda split: read_trec_qrels(names[split]),
    )


def split_name(file: Path, folder: Path) -> str:
    """Name of the split of a judgements file: what stands after ``qrels``, the collection's name and the suffix.

    Examples
    --------
    >>> split_name(Path("qrels.cacm.txt"), Path("cacm"))
    'test'
    >>> split_name(Path("qrels-dev.tsv"), Path("cacm"))
    'dev'
    """
    words = [w for w in re.split(r"[._-]", file.name) if w not in {"qrels", "txt", "tsv", "gz", folder.name, ""}]
    return "-".join(words) or "test"


def read_topics(file: Path) -> dict[str, str]:
    """Topic id → title, without the description and narrative.

    Raises
    ------
    InputError
        If no topic is found.
    """
    with open_text(file) as handle:
        text = handle.read()
    topics: dict[str, str] = {}
    for body in TOP.findall(text):
        number, title = NUMBER.search(body), TITLE.search(body)
        if number and title:
            topics[number[1]] = " ".join(title[1].split())
    for number_attribute, body in TOPIC.findall(text):
        query = QUERY.search(body)
        topics[number_attribute] = " ".join((query[1] if query else TAG.sub(" ", body)).split())
    if not topics:
        pairs = (line.split("\t", 1) for line in text.splitlines() if "\t" in line)
        topics = {id.strip(): query.strip() for id, query in pairs}
    if not topics:
        raise InputError(f"{file} holds no topics", fix="write TREC topics, or lines of an id, a tab and a query")
    return topics


def read_trec_qrels(file: Path) -> Qrels:
    """Judgements of four columns: topic, iteration, document, grade.

    Raises
    ------
    InputError
        If a line is malformed.
    """
    qrels: Qrels = {}
    with open_text(file) as lines:
        for number, line in enumerate(lines, start=1):
            if not line.strip():
                continue
            try:
                topic, _, document, grade = line.split()
                qrels.setdefault(topic, {})[document] = int(grade)
            except ValueError as error:
                raise InputError(
                    f"{file}:{number}: {error}", fix="write topic, iteration, document and grade"
                ) from error
    return qrels


def read_trec_text(files: list[Path]) -> Iterator[Passage]:
    """Documents in TREC text; tags inside them are dropped, ``<TITLE>`` becomes the title.

    Raises
    ------
    InputError
        If a document has no number.
    """
    for file in files:
        with open_text(file) as handle:
            text = handle.read()
        for body in DOC.findall(text):
            number = DOCNO.search(body)
            if number is None:
                raise InputError(f"{file}: a document without <DOCNO>", fix="give every <DOC> a <DOCNO>")
            title = re.search(r"<TITLE>(.*?)</TITLE>", body, re.S | re.I)
            rest = DOCNO.sub(" ", body).replace(title[0], " ") if title else DOCNO.sub(" ", body)
            yield Passage(number[1].strip(), title[1].strip() if title else "", TAG.sub(" ", rest).strip())
