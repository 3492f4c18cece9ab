"""The handbook's index: our articles and the algorithms' articles, built once into a cache that is opened read-only.

The cache is keyed by content and encoder, outside ``$VOUCH_HOME``. A new content starts from the newest index of the same
encoder, so that only changed articles are encoded again. ``python -m app.handbook`` builds it (``make setup`` does).
"""

from __future__ import annotations

import hashlib
import os
import re
import shutil
import tempfile
from collections.abc import Callable, Sequence
from pathlib import Path

from algorithms.registry import Algorithm, catalog
from core.protocols import Chunker, Encoder, Progress
from core.settings import IngestSettings
from indexing.collections import HANDBOOK
from indexing.pipeline import Ingest
from indexing.sources.item import SourceItem
from indexing.stores.embedded import DATABASE, EmbeddedStore
from knowledge.handbook import articles

ORIGIN = "handbook:"
ALGORITHMS_PREFIX = "handbook/algorithms/"
FIGURE_LINE = re.compile(r"^!\[[^\]\n]*\]\([a-z0-9-]+\.svg\)\n\n?", re.MULTILINE)
FIELDS = "text+names"
"""What the postings hold; an older index without names would not be told from a new one by its encoder."""
LABEL = re.compile(r"^\*\*(Intuition|When to use it|Cost|Pitfalls|References)\.\*\*\s+", re.MULTILINE)
SHOWN_AS = {
    "Intuition": "## Intuition\n\n",
    "When to use it": "When to use it: ",
    "Cost": "Cost: ",
    "Pitfalls": "## Pitfalls\n\n",
}


def cache_root() -> Path:
    """``$XDG_CACHE_HOME/vouch/handbook``, by default below ``~/.cache``."""
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "vouch" / "handbook"


def handbook_items() -> list[SourceItem]:
    """Every article as a source item."""
    ours = [
        SourceItem(
            f"handbook/articles/{a.path}", ORIGIN, a.path, aliases=a.aliases, load=loader(without_figures(a.body))
        )
        for a in articles().values()
    ]
    algorithms = [
        SourceItem(
            f"{ALGORITHMS_PREFIX}{entry.family}/{entry.id}",
            ORIGIN,
            f"{entry.id}.md",
            aliases=(entry.id.replace("-", " "), *entry.aliases),
            load=loader(algorithm_article(entry)),
        )
        for entry in catalog().values()
    ]
    return ours + algorithms


def without_figures(body: str) -> str:
    """An article's text without the lines that show a figure, which nobody searches for or quotes.

    Examples
    --------
    >>> without_figures("# A\\n\\nText.\\n\\n![A curve](a.svg)\\n\\n## B\\n")
    '# A\\n\\nText.\\n\\n## B\\n'
    """
    return FIGURE_LINE.sub("", body)


def loader(text: str) -> Callable[[], bytes]:
    """A function that returns the text's bytes."""
    data = text.encode()
    return lambda: data


def algorithm_article(entry: Algorithm) -> str:
    """Markdown of an algorithm: its name, other names, and the article as single sentences of it are quoted.

    A bold label before a paragraph would be cut off as a sentence, or be left hanging under a formula, so it becomes a heading or
    the beginning of its sentence. References are left out, as they are of the handbook's articles: nobody is answered by them.

    Examples
    --------
    >>> from algorithms.registry import load
    >>> lines = algorithm_article(load("softmax")).splitlines()
    >>> lines[0], [line for line in lines if line.startswith("##")]
    ('# Softmax with temperature', ['## Intuition', '## Pitfalls'])
    """
    names = "; ".join(dict.fromkeys((entry.name, entry.id.replace("-", " "), *entry.aliases)))
    lead, *labelled = LABEL.split(entry.article)
    sections = zip(labelled[::2], labelled[1::2], strict=True)
    text = lead + "".join(SHOWN_AS[label] + words for label, words in sections if label in SHOWN_AS)
    return f"# {entry.name}\n\nAlso known as: {names}.\n\n{text.rstrip()}\n"


def content_key(items: Sequence[SourceItem]) -> str:
    """Digest of all sources and their bytes."""
    digest = hashlib.sha256()
    for item in items:
        names = "\0".join((item.source, *item.aliases))
        digest.update(names.encode() + b"\0" + hashlib.sha256(item.read()).digest())
    return digest.hexdigest()[:16]


def handbook_folder(encoder_fingerprint: str, chunker_fingerprint: str, content: str) -> Path:
    """Folder of the index of a content under an encoder and chunker."""
    maker = hashlib.sha256(f"{encoder_fingerprint}|{chunker_fingerprint}|{FIELDS}".encode()).hexdigest()[:12]
    return cache_root() / f"{maker}-{content}"


def build_handbook(
    folder: Path,
    items: Sequence[SourceItem],
    encoder: Encoder,
    chunker: Chunker,
    progress: Progress | None = None,
) -> None:
    """Build the index in `folder` unless it is there; written elsewhere and moved into place in one step."""
    if (folder / DATABASE).exists():
        return
    folder.parent.mkdir(parents=True, exist_ok=True)
    maker = folder.name.split("-")[0]
    older = sorted(folder.parent.glob(f"{maker}-*"), key=lambda path: path.stat().st_mtime)
    with tempfile.TemporaryDirectory(dir=folder.parent, prefix=".building-") as scratch:
        work = Path(scratch) / "index"
        if older:
            shutil.copytree(older[-1], work)
        store = EmbeddedStore(
            HANDBOOK,
            work,
            encoder_fingerprint=encoder.fingerprint,
            chunker_fingerprint=chunker.fingerprint,
            token_dimension=encoder.token_dimension,
        )
        report = Ingest(store, encoder, chunker, IngestSettings()).run_items(
            items, [ORIGIN], allow_empty=True, progress=progress
        )
        store.close()
        refused = [document for document in report.documents if document.state == "refused"]
        if refused:
            raise RuntimeError(f"the handbook article {refused[0].source} was refused: {refused[0].reason}")
        work.rename(folder)


def main() -> None:
    """Build the handbook's index for the settings in force."""
    from app.bootstrap import build
    from app.cli.progress import progress_bar

    with progress_bar("handbook") as progress:
        build().build_handbook(progress)


if __name__ == "__main__":
    main()
