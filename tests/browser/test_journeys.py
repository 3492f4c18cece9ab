"""Journeys through the chat page in a real browser: one of each kind, and the rest marked long."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any

import httpx
import pytest

from indexing.stores.database import connect
from indexing.stores.embedded import DATABASE
from tests.app.conftest import NOTES, wait_until
from tests.indexing.parsing.office_files import pdf

CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
pytestmark = [
    pytest.mark.browser,
    pytest.mark.skipif(CHROMIUM is None, reason="there is no Chromium: `apt-get install chromium`"),
]
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
SERVER = """
import sys
import app.application, app.handbook
from tests.app.conftest import small_handbook
app.application.handbook_items = small_handbook(app.handbook.handbook_items)
from app.api.server import serve
from app.bootstrap import build
serve(build(flags={"server.port": int(sys.argv[1]), "llm.backend": "none", "answer.risk": 0.5}))
"""
TIMEOUT = 120_000
"""Milliseconds; only a loaded machine comes near it."""
HOSTILE = '# Traps\n\nThe trap constant is <img src=x onerror="window.trapped=1"> ${window.trapped=2} about 7 tesla.\n'


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("home")


@pytest.fixture(scope="module")
def address(home: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    cache = tmp_path_factory.mktemp("cache")
    places = {"VOUCH_HOME": str(home), "XDG_CACHE_HOME": str(cache), "PYTHONPATH": str(Path.cwd())}
    command = [sys.executable, "-c", SERVER, str(port)]
    server = subprocess.Popen(command, env={**os.environ, **places}, stderr=subprocess.DEVNULL)
    url = f"http://127.0.0.1:{port}"
    deadline = time.monotonic() + 240
    while True:
        assert server.poll() is None
        assert time.monotonic() < deadline
        try:
            if httpx.get(f"{url}/readyz", timeout=30).status_code == 200:
                break
        except httpx.TransportError:
            pass
        time.sleep(0.2)
    yield url
    server.terminate()
    server.wait(20)


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield chromium
        chromium.close()


@pytest.fixture
def page(browser: Any, address: str) -> Iterator[Any]:
    """The page; at the end nothing may have been asked of another host, and no script may have failed."""
    page = browser.new_page(viewport={"width": 1280, "height": 860})
    page.set_default_timeout(TIMEOUT)
    asked: list[str] = []
    failures: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.on("pageerror", lambda error: failures.append(str(error)))
    page.goto(address)
    page.wait_for_selector("#question textarea")
    yield page
    page.close()
    for item in httpx.get(f"{address}/v1/documents", timeout=60).json()["items"]:  # else the next test asks them, too
        assert httpx.delete(f"{address}/v1/documents/{item['id']}", timeout=60).is_success
    assert [url for url in asked if not url.startswith((address, "data:", "blob:"))] == []
    assert failures == []


def ask(page: Any, question: str) -> None:
    page.fill("#question textarea", question)
    page.press("#question textarea", "Enter")
    page.wait_for_selector(f".v-turn:not([hidden]) .v-about:has-text({question!r})", timeout=TIMEOUT)


def upload(page: Any, tmp_path: Path, name: str, content: str | bytes) -> None:
    (tmp_path / name).write_bytes(content if isinstance(content, bytes) else content.encode())
    page.get_by_role("tab", name="Documents").click()
    page.set_input_files(".v-upload input[type=file]", str(tmp_path / name))
    page.click("[data-upload]")
    page.wait_for_selector(f"#upload-progress li:has-text('{name}')", timeout=TIMEOUT)
    page.wait_for_selector(f".v-documents td:has-text('{name}')", timeout=TIMEOUT)


def test_a_chip_opens_the_exact_passage(page: Any) -> None:
    ask(page, "How does dropout differ between training and inference?")
    page.click('#chat a[href*="#cite-1-1"]')
    card = page.locator("#cite-1-1")
    card.wait_for()
    assert "v-lit" in card.get_attribute("class")
    mark = card.locator("mark").inner_text()
    assert mark.strip()
    card.locator("[data-whole]").click()
    page.wait_for_selector("#cite-1-1 .v-whole")
    assert card.locator("mark").inner_text() == mark


def test_a_run_is_repeated_with_other_inputs(page: Any) -> None:
    ask(page, "What is the softmax of [2, 1, 0.1] at temperature 0.5?")
    card = page.locator(".v-turn:not([hidden]) .v-run").first
    assert "0.8637771182" in card.locator(".v-output").inner_text()
    card.locator("[name=logits]").fill("[0, 0]")
    card.locator("[data-run]").click()
    page.wait_for_function("document.querySelector('.v-run .v-output').innerText.includes('[0.5, 0.5]')")
    card.locator("[name=logits]").fill("[0,")
    card.locator("[data-run]").click()
    assert "logits is no JSON" in card.locator(".v-error").inner_text()
    assert card.locator("[name=logits]").get_attribute("aria-invalid") == "true"
    card.locator("[name=logits]").fill("[0, 0]")
    card.locator("[name=temperature]").fill("-1")
    card.locator("[data-run]").click()
    page.wait_for_selector(".v-run .v-error:has-text('temperature')")


@pytest.mark.long
def test_an_example_question_is_asked_with_a_click(page: Any) -> None:
    page.click("#chat .example >> nth=1")
    page.wait_for_selector(".v-run", timeout=TIMEOUT)
    assert page.locator("#chat .katex").count() > 0


def test_documents_are_added_asked_and_deleted(page: Any, tmp_path: Path) -> None:
    upload(page, tmp_path, "zorbs.md", NOTES)
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How many units of flux does a zorb store?")
    assert "42 units of flux" in page.locator("#cite-1-1 mark").inner_text()
    page.get_by_role("tab", name="Documents").click()
    page.on("dialog", lambda dialog: dialog.accept())
    page.click("[data-delete]")
    page.wait_for_function("!document.querySelector('[data-delete]')")


@pytest.mark.long
def test_a_file_that_cannot_be_read_is_named_with_its_reason(page: Any, tmp_path: Path) -> None:
    (tmp_path / "empty.txt").write_text("")
    page.get_by_role("tab", name="Documents").click()
    page.set_input_files(".v-upload input[type=file]", str(tmp_path / "empty.txt"))
    page.click("[data-upload]")
    page.wait_for_selector("#upload-progress li.v-refused:has-text('empty')", timeout=TIMEOUT)


@pytest.mark.long
def test_a_source_is_checked_from_its_card(page: Any, tmp_path: Path) -> None:
    upload(page, tmp_path, "wrong.md", "# Flanges\n\nA flange has 3 × 4 = 13 <b>bolts</b> around its rim.\n")
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How many bolts does a flange have around its rim?")
    card = page.locator(".v-turn:not([hidden]) .v-source", has_text="wrong.md").first
    card.locator("[data-check]").click()
    card.locator(".v-finding").wait_for(timeout=30_000)
    assert "3 × 4 = 12, not 13" in card.locator(".v-finding").inner_text().replace("  ", " ")
    assert "1 finding in this source" in card.locator(".v-findings").inner_text()


def test_what_a_document_says_is_never_obeyed(page: Any, tmp_path: Path) -> None:
    upload(page, tmp_path, "traps.md", HOSTILE)
    page.get_by_role("tab", name="Ask").click()
    ask(page, "What is the trap constant?")
    panel = page.locator("#panel").inner_text()
    assert "onerror=" in panel
    assert "${window.trapped=2}" in panel
    assert (
        page.evaluate(
            "new Promise(done => requestAnimationFrame(() => setTimeout(() => done(window.trapped ?? null))))"
        )
        is None
    )


def test_algorithms_are_found_read_and_run(page: Any) -> None:
    page.get_by_role("tab", name="Algorithms").click()
    page.fill("#algorithm-search textarea, #algorithm-search input", "softmax temperature")
    page.press("#algorithm-search textarea, #algorithm-search input", "Enter")
    page.wait_for_function("document.querySelectorAll('#algorithm-list label').length === 1")
    page.click("#algorithm-list label")
    page.wait_for_selector("#article h1:has-text('Softmax')")
    page.wait_for_selector(".v-run:visible")
    assert page.locator("#article .katex").count() > 0


@pytest.mark.long
def test_a_passage_is_painted_by_its_similarity_to_the_question(page: Any) -> None:
    ask(page, "How does dropout differ between training and inference?")
    card = page.locator("#cite-1-1")
    quote = card.locator("mark").inner_text()
    card.locator("[data-heat]").click()
    card.locator(".v-heat span").first.wait_for()
    assert card.locator("mark").inner_text() == quote
    heats = (
        "[...document.querySelectorAll('#cite-1-1 .v-heat span')].map(s => Number(s.style.getPropertyValue('--heat')))"
    )
    whole = page.evaluate(heats)
    assert max(whole) > min(whole)
    card.locator(".v-token:has-text('drop')").first.click()
    assert page.evaluate(heats) != whole


@pytest.mark.long
def test_why_an_answer_is_what_it_is(page: Any) -> None:
    ask(page, "How does dropout differ between training and inference?")
    page.locator(".v-turn:not([hidden]) .v-why > summary").click()
    why = page.locator(".v-turn:not([hidden]) .v-why").inner_text()
    for said in ("Confidence", "BM25", "ColBERT", "language model"):
        assert said.lower() in why.lower()


def test_a_conversation_is_kept_exported_and_begun_anew(page: Any) -> None:
    ask(page, "What is the softmax of [0, 0]?")
    page.wait_for_function("localStorage.getItem('vouch-conversation')?.length > 200")
    page.reload()
    page.wait_for_selector(".v-turn .v-about:has-text('softmax of')")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    text = Path(download.value.path()).read_text()
    assert "## What is the softmax of [0, 0]?" in text
    assert '"probabilities":[0.5,0.5]' in text
    page.get_by_role("button", name="New conversation").click()
    page.wait_for_selector("#chat .example")
    page.wait_for_function("!document.querySelector('.v-turn')")


def ratings(home: Path) -> list[tuple[int, bool]]:
    """What was kept in the default collection, oldest first: the rating, and whether it is about a passage."""
    database = home / "collections" / "default" / DATABASE
    if not database.exists():
        return []
    with closing(connect(database, readonly=True)) as connection:
        rows = connection.execute("SELECT rating, document_id FROM feedback ORDER BY created, rowid").fetchall()
    return [(rating, document is not None) for rating, document in rows]


@pytest.mark.long
def test_answers_and_passages_are_rated(page: Any, home: Path) -> None:
    before = len(ratings(home))
    ask(page, "How does dropout differ between training and inference?")
    for number, (button, kept) in enumerate(
        [
            ("#chat button[title=Like]", (1, False)),
            ("#chat button[title=Dislike]", (-1, False)),
            ("#cite-1-1 [data-rate='1']", (1, True)),
            ("#cite-1-1 [data-rate='-1']", (-1, True)),
        ],
        start=1,
    ):
        page.locator(button).last.click()
        wait_until(lambda many=number: len(ratings(home)) == before + many, 60)  # type: ignore[misc]
        assert ratings(home)[-1] == kept
    assert page.locator("#cite-1-1 [data-rate='-1']").get_attribute("aria-pressed") == "true"
    assert page.locator("#cite-1-1 [data-rate='1']").get_attribute("aria-pressed") == "false"


@pytest.mark.long
def test_a_passage_of_a_pdf_is_shown_with_its_page(page: Any, tmp_path: Path) -> None:
    pages = [
        ["The blorp handbook", "", "A blorp is a small green lamp that is fed with cold tea."],
        ["How blorps are cleaned", "", "A blorp is cleaned with exactly 17 drops of vinegar every Tuesday."],
    ]
    upload(page, tmp_path, "blorps.pdf", pdf(pages))
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How many drops of vinegar clean a blorp?")
    card = page.locator(".v-turn:not([hidden]) .v-source", has_text="blorps.pdf").first
    assert "17 drops of vinegar" in card.locator("mark").inner_text()
    assert "page 2" in card.locator(".v-place").inner_text()
    card.locator("[data-whole]").click()
    page.wait_for_selector(".v-source .v-whole:has-text('cold tea')")
    with page.expect_download() as download:
        page.get_by_role("button", name="Export").click()
    assert "blorps.pdf" in (text := Path(download.value.path()).read_text()) and "page 2" in text


def test_the_keyboard_is_enough(page: Any) -> None:
    page.keyboard.press("Escape")
    page.evaluate("document.activeElement.blur()")
    page.keyboard.press("/")
    page.keyboard.type("How does dropout differ between training and inference?")
    page.keyboard.press("Enter")
    chip = page.locator('#chat a[href*="#cite-1-1"]').first
    chip.wait_for()
    chip.focus()
    page.keyboard.press("Enter")
    page.wait_for_selector("#cite-1-1.v-lit")
    assert page.evaluate("document.activeElement.id") == "cite-1-1"


@pytest.mark.parametrize("scheme", ["light", pytest.param("dark", marks=pytest.mark.long)])
def test_a_phone_shows_everything_in_one_column(browser: Any, address: str, scheme: str) -> None:
    phone = browser.new_page(viewport={"width": 390, "height": 844}, color_scheme=scheme)
    phone.set_default_timeout(TIMEOUT)
    phone.goto(address)
    phone.wait_for_selector("#question textarea")
    ask(phone, "What is the softmax of [1, 2]?")
    assert phone.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    for label in ("Use the handbook", "Accepted risk of error"):
        box = phone.get_by_text(label).first.bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= 390
    assert phone.evaluate("document.body.classList.contains('dark')") == (scheme == "dark")
    phone.click("[data-theme-toggle]")
    assert phone.evaluate("document.body.classList.contains('dark')") == (scheme == "light")
    phone.close()


@pytest.mark.long
def test_an_answer_comes_piece_by_piece(page: Any) -> None:
    page.evaluate(
        """() => {
        window.lengths = [];
        new MutationObserver(() => {
          const shown = [...document.querySelectorAll('#chat .bot-row .md')].at(-1);
          if (shown) window.lengths.push(shown.innerText.length);
        }).observe(document.querySelector('#chat'), {childList: true, subtree: true, characterData: true});
        }"""
    )
    ask(page, "How does dropout differ between training and inference?")
    lengths = page.evaluate("window.lengths")
    assert len(set(lengths)) >= 3  # waiting, a part, the whole
    assert page.locator('#chat a[href*="#cite-1-"]').count() >= 1


def test_a_known_error_in_a_source_is_told(page: Any, tmp_path: Path) -> None:
    claim = "An XOR filter combines all hashes by XOR into one stored value and tests a key against that value."
    upload(page, tmp_path, "filters.md", f"# Filters\n\n## How does an XOR filter test a key?\n\n{claim}\n")
    page.get_by_role("tab", name="Ask").click()
    ask(page, "How does an XOR filter test a key?")
    assert page.locator(".v-turn:not([hidden]) .v-warning.erratum .v-claim").count() == 1
    assert "A source is wrong" in page.locator("#chat blockquote").last.inner_text()
    assert page.locator(".v-turn:not([hidden]) .v-source.contradicted", has_text="filters.md").count() == 1


@pytest.mark.long
def test_a_picture_is_drawn_anew_with_other_inputs(page: Any) -> None:
    ask(page, "What is the softmax of [2, 1, 0.1] at temperature 0.5?")
    card = page.locator(".v-turn:not([hidden]) .v-run").first
    before = card.locator("img").get_attribute("src")
    card.locator("[name=logits]").fill("[0, 0, 3]")
    card.locator("[data-run]").click()
    page.wait_for_function("old => document.querySelector('.v-run img')?.getAttribute('src') !== old", arg=before)
    image = card.locator("img")
    assert image.evaluate("image => image.decode().then(() => image.naturalWidth)") > 100


@pytest.mark.long
def test_a_family_of_algorithms_is_listed(page: Any) -> None:
    page.get_by_role("tab", name="Algorithms").click()
    page.wait_for_function("document.querySelectorAll('#algorithm-list label').length > 100")
    page.click("#algorithm-family input")
    page.get_by_role("option", name="activations", exact=True).click()
    page.wait_for_function("document.querySelectorAll('#algorithm-list label').length < 60")
    assert page.locator("#algorithm-list label", has_text="Softmax with temperature").count() == 1


@pytest.mark.long
def test_less_accepted_risk_leads_to_no_answer(page: Any) -> None:
    page.locator("#risk input[type=number]").fill("0")
    page.locator("#risk input[type=number]").press("Tab")
    ask(page, "What colour has the moon of the third planet of dropout?")
    assert "no answer given" in page.locator("#chat .bot-row").last.inner_text()
