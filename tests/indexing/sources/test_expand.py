from __future__ import annotations

from pathlib import Path

import pytest

from core.errors import NotFound
from core.settings import IngestSettings
from indexing.sources.expand import expand

SETTINGS = IngestSettings()


def test_sources_are_named_below_the_argument(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    corpus = tmp_path / "corpus"
    (corpus / "deep").mkdir(parents=True)
    (corpus / "b.txt").write_text("b")
    (corpus / "deep" / "a.md").write_text("a")
    monkeypatch.chdir(corpus)
    for argument in (str(corpus), f"{corpus}/", ".", "../corpus", "deep/.."):
        items = list(expand([argument], SETTINGS))
        assert [item.source for item in items] == ["corpus/b.txt", "corpus/deep/a.md"]
        assert {item.origin for item in items} == {str(corpus)}
        assert [item.read() for item in items] == [b"b", b"a"]
    assert [item.source for item in expand(["deep/a.md"], SETTINGS)] == ["a.md"]


def test_same_source_twice_counts_once(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("a")
    assert len(list(expand([str(tmp_path), f"{tmp_path}/."], SETTINGS))) == 1


@pytest.mark.parametrize("missing", ["no-such-file", "", "a\0b"])
def test_missing_source_is_named_at_once(tmp_path: Path, missing: str) -> None:
    with pytest.raises(NotFound) as caught:
        expand([str(tmp_path), missing], SETTINGS)  # not even iterated
    assert repr(missing) in caught.value.message


def test_other_schemes_are_refused() -> None:
    (item,) = expand(["ftp://example.org/a.txt"], SETTINGS)
    assert (item.source, item.origin, item.reason) == ("a.txt", "ftp://example.org/a.txt", "url_refused")


def test_archives_in_folders_are_unpacked(tmp_path: Path) -> None:
    import zipfile

    folder = tmp_path / "corpus"
    folder.mkdir()
    with zipfile.ZipFile(folder / "a.zip", "w") as archive:
        archive.writestr("deep/x.txt", "x")
    (folder / "b.txt").write_text("b")
    items = list(expand([str(folder)], SETTINGS))
    assert [(item.source, item.read()) for item in items] == [("corpus/a.zip/deep/x.txt", b"x"), ("corpus/b.txt", b"b")]
    assert {item.origin for item in items} == {str(folder)}
