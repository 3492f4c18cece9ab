"""Pages and files by http and https."""

from __future__ import annotations

import re
import time
from dataclasses import dataclass
from pathlib import PurePosixPath
from urllib.parse import unquote

import httpx

from core.errors import UnreadableDocument
from indexing.parsing import media_types
from indexing.parsing.encoding import decode_strictly
from indexing.parsing.reasons import unreadable
from indexing.sources.addresses import Resolver, checked_address, resolve
from indexing.sources.item import SourceItem, refused

MAX_REDIRECTS = 5
SECONDS_A_STEP = 15.0
SECONDS_IN_ALL = 60.0
USER_AGENT = "Vouch/0.1"
HOST = re.compile(rb"[\w-]+(?:\.[\w-]+)*\.?\Z|[0-9a-fA-F:.]+\Z")  # a name, or an IPv6 address without its brackets
SUFFIXES = {
    "application/xhtml+xml": ".html",
    media_types.HTML: ".html",
    media_types.PDF: ".pdf",
    media_types.DOCX: ".docx",
    media_types.PPTX: ".pptx",
    media_types.XLSX: ".xlsx",
    media_types.MARKDOWN: ".md",
    media_types.CSV: ".csv",
    media_types.TSV: ".tsv",
    media_types.NOTEBOOK: ".ipynb",
    "application/zip": ".zip",
}


@dataclass(frozen=True)
class Fetched:
    """What a server sent: the bytes, their declared type and encoding, and the URL after redirects."""

    url: httpx.URL
    data: bytes
    media_type: str
    charset: str | None


@dataclass(frozen=True)
class Fetcher:
    """Fetches URLs within limits.

    Attributes
    ----------
    max_bytes : int
        Of the body, unpacked.
    allow_private : bool
        Whether hosts of private networks may be asked.
    resolver : callable
        From host and port to addresses.
    transport : httpx.BaseTransport, optional
        Carries the requests; the network where it is None.
    """

    max_bytes: int
    allow_private: bool = False
    resolver: Resolver = resolve
    transport: httpx.BaseTransport | None = None

    def item(self, url: str) -> SourceItem:
        """Fetch a URL at once, since only its answer tells its type; a failure gives a refused item."""
        try:
            fetched = self.fetch(url)
        except UnreadableDocument as error:
            return refused(last_component(url), url, error)
        name = typed_name(last_component(str(fetched.url)), fetched.media_type)
        data = as_utf8(fetched)
        return SourceItem(last_component(url), url, name, load=lambda: data)

    def fetch(self, url: str) -> Fetched:
        """Fetch a URL, following redirects, each checked as the first was.

        Raises
        ------
        UnreadableDocument
            ``url_refused``, ``url_failed`` or ``too_large``.
        """
        deadline = time.monotonic() + SECONDS_IN_ALL
        target = parsed_url(url)
        # Proxies of the environment would connect to addresses that were not checked.
        with httpx.Client(transport=self.transport, timeout=SECONDS_A_STEP, trust_env=False) as client:
            for _ in range(MAX_REDIRECTS + 1):
                try:
                    answer = self._ask(client, target, deadline)
                except (httpx.HTTPError, httpx.InvalidURL, httpx.StreamError) as error:
                    raise unreadable("url_failed", f"{target} cannot be fetched: {error}") from error
                if isinstance(answer, Fetched):
                    return answer
                target = answer
        raise unreadable("url_failed", f"{url} redirects more than {MAX_REDIRECTS} times")

    def _ask(self, client: httpx.Client, url: httpx.URL, deadline: float) -> Fetched | httpx.URL:
        """Send one request; give the body, or where it redirects to."""
        port = url.port or (443 if url.scheme == "https" else 80)
        address = checked_address(url.host, port, self.resolver, self.allow_private)
        # The request goes to the address just checked: a second look-up could give another one.
        request = client.build_request(
            "GET",
            url.copy_with(host=address.partition("%")[0], fragment=None),
            headers={"Host": url.netloc.decode("ascii"), "User-Agent": USER_AGENT, "Accept": "*/*"},
            extensions={"sni_hostname": url.raw_host.decode("ascii")},
        )
        response = client.send(request, stream=True, follow_redirects=False)
        try:
            if response.has_redirect_location:
                return parsed_url(str(url.join(response.headers["location"])))
            if response.status_code != httpx.codes.OK:
                raise unreadable("url_failed", f"{url} answers with status {response.status_code}")
            data = self._body(response, url, deadline)
        finally:
            response.close()
        media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
        return Fetched(url, data, media_type, response.charset_encoding)

    def _body(self, response: httpx.Response, url: httpx.URL, deadline: float) -> bytes:
        """Read the body, whatever length the server declares, up to the limits."""
        data = bytearray()
        for piece in response.iter_bytes():
            data += piece
            if len(data) > self.max_bytes:
                raise unreadable("too_large", f"{url} has more than {self.max_bytes} bytes")
            if time.monotonic() > deadline:
                raise unreadable("url_failed", f"{url} took longer than {SECONDS_IN_ALL:.0f} s")
        return bytes(data)


def parsed_url(url: str) -> httpx.URL:
    """Parse a URL, refusing what is no plain http or https address."""
    try:
        parsed = httpx.URL(url)
    except httpx.InvalidURL as error:
        raise unreadable("url_refused", f"{url!r} is not a URL: {error}") from error
    if parsed.scheme not in ("http", "https"):
        raise unreadable("url_refused", f"{url!r} is neither http nor https")
    if not HOST.match(parsed.raw_host) or not 0 < (parsed.port or 80) < 2**16:
        raise unreadable("url_refused", f"{url!r} has no valid host or port")
    if parsed.userinfo:  # it would be kept in the index
        raise unreadable("url_refused", "the URL has a user name or password in it")
    return parsed


def last_component(url: str) -> str:
    """Last part of a URL's path, or its host.

    Examples
    --------
    >>> last_component("https://example.org/notes/loss%20functions.html?x=1"), last_component("https://example.org/")
    ('loss functions.html', 'example.org')
    """
    address = url.split("://", 1)[-1].partition("#")[0].partition("?")[0]
    parts = [part for part in address.split("/") if part]
    name = unquote(parts[-1]).replace("/", "_") if len(parts) > 1 else (parts or [url])[0].rpartition("@")[2]
    return "".join(character for character in name if character.isprintable())


def typed_name(name: str, media_type: str) -> str:
    """Name with the suffix of the type that the server declares, for the parser.

    Examples
    --------
    >>> typed_name("attention", "text/html"), typed_name("a.md", "text/plain"), typed_name("page.php", "text/html")
    ('attention.html', 'a.md', 'page.php.html')
    """
    wanted = SUFFIXES.get(media_type)
    return name if wanted is None or PurePosixPath(name).suffix.lower() == wanted else name + wanted


def as_utf8(fetched: Fetched) -> bytes:
    """Bytes of a text in UTF-8, where the server declares another encoding that fits; the parser cannot see headers."""
    if not fetched.charset or not fetched.media_type.startswith("text/") or decode_strictly(fetched.data, "utf-8"):
        return fetched.data
    text = decode_strictly(fetched.data, fetched.charset)
    return fetched.data if text is None else text.encode("utf-8")


def is_url(source: str) -> bool:
    """Whether a SOURCE argument is a URL of any scheme.

    Examples
    --------
    >>> is_url("https://example.org"), is_url("notes/a.txt")
    (True, False)
    """
    return "://" in source
