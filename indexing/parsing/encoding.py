"""Bytes to characters, with nothing replaced: what cannot be decoded for certain is refused."""

from __future__ import annotations

import codecs
import re

from indexing.parsing.reasons import unreadable

# UTF-32 first: its little-endian mark begins with that of UTF-16.
MARKS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
WESTERN = "cp1252"
LEGACY = [WESTERN, "cp1250", "cp1251", "koi8_r", "cp1253", "cp1254", "cp1255", "cp1256"]
MULTIBYTE = ["cp932", "euc_jp", "gb18030", "big5", "cp949"]
MAX_CHAOS = 0.05  # above this the detector's pick was wrong about as often as right on accented prose
MIN_COHERENCE = 0.2
CONTROL = re.compile(r"[\x00-\x08\x0e-\x1a\x1c-\x1f]")


def decode(name: str, data: bytes, declared: str | None = None) -> str:
    r"""Decode `data`: by byte order mark, as UTF-8, as `declared`, else by detection with a demand on its confidence.

    Parameters
    ----------
    name : str
        Of the file, for the message.
    declared : str, optional
        Encoding that the file says it has.

    Raises
    ------
    UnreadableDocument
        ``binary`` for NUL characters, ``wrong_encoding`` where no encoding fits for certain.

    Examples
    --------
    >>> decode("a.txt", b"\xef\xbb\xbfcaf\xc3\xa9\r\n")
    'café\r\n'
    """
    text = decode_marked(name, data)
    if text is None:
        text = decode_strictly(data, "utf-8")
    if text is None and b"\0" in data:
        raise unreadable("binary", f"{name} is not text: it has NUL bytes")
    if text is None and declared:
        text = decode_strictly(data, declared)
    if text is None:
        text = detect(name, data)
    if "\0" in text:
        raise unreadable("binary", f"{name} is not text: it has NUL characters")
    return text


def decode_marked(name: str, data: bytes) -> str | None:
    """Decode data that begins with a byte order mark, which is dropped; None where there is no mark."""
    for mark, encoding in MARKS:
        if data.startswith(mark):
            text = decode_strictly(data[len(mark) :], encoding)
            if text is None:
                raise unreadable(
                    "wrong_encoding", f"{name} has the byte order mark of {encoding} but is not {encoding}"
                )
            return text
    return None


def decode_strictly(data: bytes, encoding: str) -> str | None:
    """Decode, or None where a byte does not fit or Python has no such text encoding."""
    try:
        text = codecs.decode(data, encoding)
    except (LookupError, ValueError):  # UnicodeDecodeError is a ValueError, as is a name with a NUL
        return None
    return text if isinstance(text, str) else None  # "hex" and "zlib" are codecs too, from bytes to bytes


def detect(name: str, data: bytes) -> str:
    """Decode by the statistics of charset-normalizer, refusing where it is not sure."""
    from charset_normalizer import from_bytes

    if mostly_utf8(data):
        raise unreadable("wrong_encoding", f"{name} is UTF-8 with damaged bytes")
    if CONTROL.search(data.decode("latin-1")):
        raise unreadable("binary", f"{name} is not text: it has control characters")
    matches = list(from_bytes(data, cp_isolation=LEGACY + MULTIBYTE))
    if not matches:
        raise unreadable("wrong_encoding", f"{name} is in no encoding that fits")
    best = matches[0]
    tied = [match for match in matches if (match.chaos, match.coherence) == (best.chaos, best.coherence)]
    # A tie says that the statistics see no difference; then the commonest of these encodings is the likely one.
    chosen = next((match for match in tied if match.encoding == WESTERN), best)
    sure = chosen.coherence >= MIN_COHERENCE or chosen.encoding in MULTIBYTE
    plain_western = chosen.encoding == WESTERN and chosen.chaos == 0
    text = decode_strictly(data, chosen.encoding)
    if text is None or chosen.chaos > MAX_CHAOS or not (sure or plain_western):
        raise unreadable("wrong_encoding", f"the encoding of {name} cannot be told for certain")
    return text


def mostly_utf8(data: bytes) -> bool:
    r"""Whether more of the non-ASCII characters are whole UTF-8 sequences than stray bytes.

    Examples
    --------
    >>> mostly_utf8("déjà vu".encode() + b"\xff"), mostly_utf8("déjà vu".encode("latin-1"))
    (True, False)
    """
    text = data.decode("utf-8", "replace")
    stray = text.count("\ufffd")
    whole = sum(character > "\x7f" for character in text) - stray
    return whole > stray
