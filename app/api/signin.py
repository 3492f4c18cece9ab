"""A page to give an API key to the browser, where the server asks for keys."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Form, Request
from fastapi.responses import HTMLResponse, RedirectResponse, Response

from app.api.access import COOKIE, note_try, too_many_tries
from app.api.keys import KeyFile
from app.api.service import ServiceOf

router = APIRouter(include_in_schema=False)
SECONDS = 30 * 86_400
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width,initial-scale=1"><title>Vouch: sign in</title>
<style>:root{{color-scheme:light dark}}body{{font:16px/1.5 system-ui,sans-serif;max-width:24rem;margin:15vh auto;padding:0 1rem}}
input,button{{font:inherit;width:100%;box-sizing:border-box;padding:.6rem;margin:.4rem 0;border-radius:.5rem}}
p[role=alert]{{color:#c33}}</style>
<h1>Vouch</h1>{note}<form method="post"><label for="key">API key</label>
<input id="key" name="key" type="password" autocomplete="current-password" required autofocus>
<button>Sign in</button></form><p><small><code>vouch keys create --scopes ask,ingest</code> makes one.</small></p></html>"""


@router.get("/signin")
async def show() -> HTMLResponse:
    """The form."""
    return HTMLResponse(PAGE.format(note=""))


@router.post("/signin")
async def sign_in(request: Request, service: ServiceOf, key: Annotated[str, Form(max_length=200)]) -> Response:
    """Keep a valid key in a cookie that scripts cannot read and other sites cannot use."""
    keys, text = KeyFile(service.application.home), key.strip()
    refusal = too_many_tries(service, request.scope, text)
    if refusal is not None:
        wait = refusal.headers["Retry-After"]
        note = f'<p role="alert">Too many wrong keys came from this address. Try again in {wait} s.</p>'
        return HTMLResponse(PAGE.format(note=note), status_code=429, headers={"Retry-After": wait})
    found = await service.light(lambda: keys.find(text))
    note_try(service, request.scope, text, found is not None)
    if found is None:
        return HTMLResponse(PAGE.format(note='<p role="alert">This key is not valid.</p>'), status_code=401)
    response = RedirectResponse("/", 303)
    secure = request.url.scheme == "https"
    response.set_cookie(COOKIE, text, max_age=SECONDS, httponly=True, samesite="strict", secure=secure)
    return response
