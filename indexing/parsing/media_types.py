"""What kind of file some bytes are: by their first characters, and by name only where those say nothing."""

from __future__ import annotations

import io
import re
import zipfile
from pathlib import PurePosixPath

from indexing.parsing.reasons import reading, unreadable

PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
PPTX = "application/vnd.openxmlformats-officedocument.presentationml.presentation"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
HTML = "text/html"
MARKDOWN = "text/markdown"
NOTEBOOK = "application/x-ipynb+json"
CSV = "text/csv"
TSV = "text/tab-separated-values"
PLAIN = "text/plain"

OFFICE_FOLDERS = {"word/": DOCX, "ppt/": PPTX, "xl/": XLSX}
BY_SUFFIX = {
    ".pdf": PDF,
    ".docx": DOCX,
    ".pptx": PPTX,
    ".xlsx": XLSX,
    ".html": HTML,
    ".htm": HTML,
    ".xhtml": HTML,
    ".md": MARKDOWN,
    ".markdown": MARKDOWN,
    ".mdown": MARKDOWN,
    ".mkd": MARKDOWN,
    ".ipynb": NOTEBOOK,
    ".csv": CSV,
    ".tsv": TSV,
}
SOURCE_CODE = {
    ".py": "text/x-python",
    ".pyi": "text/x-python",
    ".c": "text/x-c",
    ".h": "text/x-c",
    ".cc": "text/x-c++",
    ".cpp": "text/x-c++",
    ".hpp": "text/x-c++",
    ".cs": "text/x-csharp",
    ".go": "text/x-go",
    ".java": "text/x-java",
    ".jl": "text/x-julia",
    ".js": "text/javascript",
    ".jsx": "text/javascript",
    ".mjs": "text/javascript",
    ".kt": "text/x-kotlin",
    ".lua": "text/x-lua",
    ".m": "text/x-matlab",
    ".php": "text/x-php",
    ".pl": "text/x-perl",
    ".r": "text/x-r",
    ".rb": "text/x-ruby",
    ".rs": "text/x-rust",
    ".scala": "text/x-scala",
    ".sh": "text/x-shellscript",
    ".sql": "text/x-sql",
    ".swift": "text/x-swift",
    ".ts": "text/typescript",
    ".tsx": "text/typescript",
    ".css": "text/css",
    ".json": "application/json",
    ".toml": "application/toml",
    ".yaml": "application/yaml",
    ".yml": "application/yaml",
    ".xml": "text/xml",
}
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
ZIP = (b"PK\x03\x04", b"PK\x05\x06")
HTML_START = re.compile(rb"\s*(?:<\?xml[^>]*>\s*)?(?:<!--.*?-->\s*)*<(?:!doctype\s+html|html[\s>])", re.DOTALL | re.I)
NOTEBOOK_KEYS = (b'"nbformat"', b'"cells"')
HEAD = 4096


def suffix(name: str) -> str:
    """Suffix of a file name, in lower case.

    Examples
    --------
    >>> suffix("Notes.MD")
    '.md'
    """
    return PurePosixPath(name).suffix.lower()


def sniff(name: str, data: bytes) -> str:
    """Tell the media type; a signature in the bytes wins over the name.

    Raises
    ------
    UnreadableDocument
        Where the bytes are a container that Vouch does not read, or lack the signature that the name promises.

    Examples
    --------
    >>> sniff("paper.txt", b"%PDF-1.7"), sniff("loss.py", b"import torch")
    ('application/pdf', 'text/x-python')
    """
    head = data[:HEAD]
    by_name = BY_SUFFIX.get(suffix(name)) or SOURCE_CODE.get(suffix(name), PLAIN)
    if head.startswith(b"%PDF-") or (by_name == PDF and b"%PDF-" in head[:1024]):
        return PDF
    if head.startswith(ZIP):
        return sniff_zip(name, data, by_name)
    if head.startswith(OLE):
        raise office_binary(name, data)
    if head.startswith((b"{\\rtf", b"%!PS")):
        raise unreadable("unknown_type", f"{name} is {'RTF' if head.startswith(b'{') else 'PostScript'}")
    if HTML_START.match(head.removeprefix(b"\xef\xbb\xbf")):
        return HTML
    if by_name == PDF:
        raise unreadable("broken_pdf", f"{name} does not begin as a PDF does")
    if by_name in OFFICE_FOLDERS.values():
        raise unreadable("broken_file", f"{name} does not begin as an office file does")
    if by_name == PLAIN and head.lstrip().startswith(b"{") and all(key in data for key in NOTEBOOK_KEYS):
        return NOTEBOOK
    return by_name


def sniff_zip(name: str, data: bytes, by_name: str) -> str:
    """Tell which office format a ZIP file is, by the folders in it."""
    office = by_name in OFFICE_FOLDERS.values()
    with reading(name, "broken_file" if office else "broken_archive"), zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.namelist()
    if "[Content_Types].xml" in members:
        for folder, media_type in OFFICE_FOLDERS.items():
            if any(member.startswith(folder) for member in members):
                return media_type
    if office:
        raise unreadable("broken_file", f"{name} is a ZIP file without the parts of an office file")
    raise unreadable("unknown_type", f"{name} is a ZIP file of a kind that has no text Vouch reads")


def office_binary(name: str, data: bytes) -> Exception:
    """Tell an encrypted office file from one of the formats before 2007: both are OLE containers."""
    if "EncryptedPackage".encode("utf-16-le") in data:
        return unreadable("encrypted_file", f"{name} is encrypted")
    return unreadable("unknown_type", f"{name} is an office file of the formats before 2007 (DOC, PPT, XLS, MSG)")
