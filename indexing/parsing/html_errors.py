"""Telling a page that says why there is no content from a page that has some, an article about errors included."""

from __future__ import annotations

import re

FEW_WORDS = 40  # a status and no more
SOME_WORDS = 150  # a status with search box, apology and menu
NO_CONTENT = 3
LONGEST_NAME = 120  # of an error; it also bounds the search

STATUS = (
    r"40[0-9]|41[0-8]|42[1-9]|431|451|50[0-8]|52[0-9]|530"
    r"|bad request|unauthori[sz]ed|forbidden|access (?:is )?denied|permission denied"
    r"|(?:(?:the )?page|file|document|resource|url|object)? ?(?:was |could |can ?)?not (?:be )?found"
    r"|page (?:doesn.t|does not) exist|page (?:is )?(?:not available|unavailable)|request time-?out|too many requests"
    r"|(?:internal )?server error|not implemented|bad gateway|service (?:temporarily )?unavailable|gateway time-?out"
    r"|(?:an )?error (?:has )?occurred|something went wrong|oops[!.]*|temporarily unavailable"
)
FILLER = r"(?:[\s:,.!\-–—|·»/()]|\b(?:http|https|error|status|code|sorry|we.re|gone|nginx|apache)\b)*"
# The words before a site's name ("404 Not Found | Example"); a colon or further words make it the title of a text.
ERROR_TITLE = re.compile(rf"{FILLER}(?:(?:{STATUS}){FILLER})+(?:[|\-–—·»]\s*\S.{{0,60}})?\Z", re.IGNORECASE)
CHALLENGE_TITLE = re.compile(
    r"\s*(?:just a moment|attention required!|(?:robot|bot|security|human) (?:check|verification)"
    r"|are you a (?:robot|human)|verify(?:ing)? (?:that )?you are (?:a )?human|checking your browser"
    r"|please wait|ddos.guard|captcha|access denied)\b",
    re.IGNORECASE,
)
LOGIN_TITLE = re.compile(
    r"\s*(?:please )?(?:sign|log)[ -]?(?:in|on)\b|\s*log ?in required|\s*authentication required", re.I
)
EXCUSE = re.compile(
    r"(?:page|url|resource|file|address) (?:that )?you(?:.re| are| have|.ve)? (?:looking|request|search|tr|enter)"
    r"|requested (?:url|page|resource|address)|on this server|don.t have permission|not authori[sz]ed"
    r"|(?:go|return|back|take me) (?:back )?(?:to )?(?:the |our )?(?:home|main|front)|try again (?:later|in)"
    r"|contact (?:the|us|support|your)|check the (?:url|address|spelling)|no longer (?:exist|available)",
    re.IGNORECASE,
)
CHALLENGE = re.compile(
    r"(?:verif|confirm|prove|check)\w* (?:that )?you(?:.re| are)? (?:a |not a |an? )?(?:human|robot|bot)"
    r"|enable javascript and cookies to continue|unusual traffic|complete the (?:captcha|security check)"
    r"|checking (?:your browser|if the site connection is secure)|you (?:have been|are being) blocked",
    re.IGNORECASE,
)
WIDGET = re.compile(
    r"g-recaptcha|h-captcha|cf-turnstile|cf[-_]chl|challenge-platform|cf-browser-verification|px-captcha", re.I
)
PASSWORD = re.compile(r"<input\b[^>]{0,500}\btype\s*=\s*[\"']?password", re.IGNORECASE)


def error_page(title: str, heading: str, text: str, markup: str) -> str | None:
    """Say what a page is instead of content, or None for a page with content.

    Parameters
    ----------
    title, heading : str
        Of the page, and its first heading.
    text : str
        Words that the page shows.
    markup : str
        Its HTML.

    Examples
    --------
    >>> error_page("404 Not Found", "404 Not Found", "404 Not Found nginx", "<html>")
    'an HTTP error'
    >>> error_page("How to fix a 404 Not Found", "", "Servers answer 404 Not Found where a file is missing.", "<html>")
    """
    words = len(text.split())
    names = [name.strip() for name in (title, heading) if name and len(name) <= LONGEST_NAME]
    if words < NO_CONTENT:
        return "a page with nearly no text"
    if words > SOME_WORDS:
        return None
    challenged = any(CHALLENGE_TITLE.match(name) for name in names) or WIDGET.search(markup)
    if challenged and CHALLENGE.search(f"{title}\n{text}"):
        return "a check for robots"
    if PASSWORD.search(markup) and any(LOGIN_TITLE.match(name) for name in names):
        return "a page to sign in"
    is_error = any(ERROR_TITLE.match(name) for name in names)
    if is_error and (words <= FEW_WORDS or EXCUSE.search(text)):
        return "an HTTP error"
    return None
