// The page's own behaviour: citation chips, whole documents, runs, uploads. No libraries; text enters the page as text.
(() => {
  "use strict";
  const element = (tag, properties = {}, ...children) => {
    const made = Object.assign(document.createElement(tag), properties);
    made.append(...children);
    return made;
  };
  const explain = async (response) => {
    const body = await response.json().catch(() => ({}));
    return body.detail ? `${body.detail}; ${body.fix}` : `the server answered ${response.status}`;
  };

  // Named values, each with one line a row of a matrix, spaced as the server writes them.
  const spaced = (v) => Array.isArray(v) ? `[${v.map(spaced).join(", ")}]`
    : v && typeof v === "object" ? `{${Object.entries(v).map(([name, inner]) => `${JSON.stringify(name)}: ${spaced(inner)}`).join(", ")}}`
    : JSON.stringify(v);
  const written = (v) => Array.isArray(v) && Array.isArray(v[0]) ? `[\n  ${v.map(spaced).join(",\n  ")}]` : spaced(v);
  const valuesList = (object) => element("dl", { className: "v-values" }, ...Object.entries(object).map(([name, v]) =>
    element("div", {}, element("dt", { textContent: name.replaceAll("_", " ") }), element("dd", { textContent: written(v) }))));

  function openCitation(id) {
    const card = document.getElementById(id);
    if (!card) return;
    const turn = card.closest(".v-turn");
    document.querySelectorAll(".v-turn").forEach((section) => (section.hidden = section !== turn));
    document.querySelectorAll(".v-lit").forEach((lit) => lit.classList.remove("v-lit"));
    card.classList.add("v-lit");
    const narrow = window.matchMedia("(max-width: 900px)").matches;
    card.scrollIntoView({ block: narrow ? "start" : "nearest", behavior: "smooth" });
    card.querySelectorAll(".v-passage").forEach(showMark);
    card.focus({ preventScroll: true });
  }

  // A passage opens with its cited characters in view, also in cards that arrive later.
  const showMark = (box) => {
    const mark = box.querySelector("mark");
    if (mark) box.scrollTop = mark.offsetTop - 2 * parseFloat(getComputedStyle(box).lineHeight) - 4;  // two whole lines before it
  };
  new MutationObserver((changes) => {
    for (const change of changes) for (const node of change.addedNodes)
      if (node.nodeType === Node.ELEMENT_NODE) node.querySelectorAll(".v-passage").forEach(showMark);
  }).observe(document.documentElement, { childList: true, subtree: true });

  // Offsets count characters, JavaScript's strings count UTF-16 units: cut an array of code points.
  async function showWhole(button) {
    const card = button.closest(".v-source"), box = card.querySelector(".v-passage");
    const response = await fetch(`/v1/documents/${encodeURIComponent(button.dataset.whole)}/text`);
    if (!response.ok) { box.textContent = await explain(response); return; }
    const characters = Array.from((await response.json()).text);
    const start = Number(button.dataset.start), end = Number(button.dataset.end);
    const mark = element("mark", { textContent: characters.slice(start, end).join("") });
    box.replaceChildren(characters.slice(0, start).join(""), mark, characters.slice(end).join(""));
    box.classList.add("v-whole");
    showMark(box);
    button.remove();
  }

  const SEVERITIES = { 1: "misleading", 2: "imprecise", 3: "cosmetic" };

  function findingCard(found) {
    const card = element("li", { className: `v-finding v-severity-${found.severity}` },
      element("b", { textContent: `${found.verdict} (${found.kind}), ${SEVERITIES[found.severity]}` }),
      element("blockquote", { textContent: found.quote }), element("p", { textContent: found.correct }));
    for (const other of found.related) card.append(element("blockquote", { textContent: `${other.source}: ${other.quote}` }));
    if (found.proof?.algorithm) card.append(element("p", { className: "v-place",
      textContent: `Run: ${found.proof.title}, inputs ${JSON.stringify(found.proof.inputs)}` }));
    else if (found.proof) card.append(element("p", { className: "v-place", textContent: found.proof.reference }));
    return card;
  }

  async function check(button) {
    const card = button.closest(".v-source");
    card.querySelector(".v-findings")?.remove();
    const box = element("div", { className: "v-findings", role: "status", textContent: "Checking…" });
    card.append(box);
    button.disabled = true;
    try {
      const response = await fetch("/v1/check", {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ document_id: button.dataset.check }),
      });
      if (!response.ok) { box.textContent = await explain(response); return; }
      const { findings } = await response.json();
      const head = findings.length ? `${findings.length} finding${findings.length === 1 ? "" : "s"} in this source` : "Nothing wrong was found in this source.";
      box.replaceChildren(element("p", {}, element("b", { textContent: head })), element("ul", {}, ...findings.map(findingCard)));
    } catch (error) { box.textContent = `The server cannot be reached: ${error.message}`; }
    finally { button.disabled = false; }
  }

  async function run(button) {
    const card = button.closest(".v-run"), output = card.querySelector(".v-output");
    const fail = (text) => output.replaceChildren(element("p", { className: "v-error", role: "alert", textContent: text }));
    const inputs = {};
    for (const field of card.querySelectorAll(".v-inputs [name]")) {
      field.removeAttribute("aria-invalid");
      if (field.dataset.kind === "json" && !field.value.trim()) continue;
      try { inputs[field.name] = field.dataset.kind === "boolean" ? field.checked : field.dataset.kind === "text" ? field.value : JSON.parse(field.value); }
      catch (error) { field.setAttribute("aria-invalid", "true"); field.focus(); fail(`${field.name} is no JSON: ${error.message}`); return; }
    }
    button.disabled = true;
    try {
      const response = await fetch(`/v1/algorithms/${encodeURIComponent(card.dataset.algorithm)}/run`, {
        method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify({ inputs }),
      });
      if (!response.ok) { fail(await explain(response)); return; }
      const done = await response.json();
      if (!done.ok) { fail(done.error); return; }
      output.replaceChildren(valuesList(done.output));
      if (done.figure) output.append(element("img", { src: `/v1/figures/${done.figure.sha256}`, alt: `figure of ${done.title}` }));
      card.querySelector(".v-time").textContent = `${done.duration_ms.toFixed(1)} ms`;
    } catch (error) { fail(`The server cannot be reached: ${error.message}`); }
    finally { button.disabled = false; }
  }

  // Paints each token of the cited passage by its similarity to the query, or to the one of its tokens that is chosen.
  async function heat(button) {
    const card = button.closest(".v-source"), box = card.querySelector(".v-passage");
    const { document: id, start, end } = card.dataset, query = card.closest(".v-turn").dataset.query;
    button.disabled = true;
    try {
      const response = await fetch("/v1/explain", { method: "POST", headers: { "Content-Type": "application/json" },
        body: JSON.stringify({ query, document_id: id, start: Number(start), end: Number(end) }) });
      if (!response.ok) { box.textContent = await explain(response); return; }
      const found = await response.json();
      const text = await (await fetch(`/v1/documents/${encodeURIComponent(id)}/text`)).json();
      const characters = Array.from(text.text), cut = (from, to) => characters.slice(from, to).join("");
      const mark = element("mark", { className: "v-heat" });
      let position = found.start;
      const spans = found.tokens.map((token) => {
        mark.append(cut(position, token.start));
        position = token.end;
        const span = element("span", { textContent: cut(token.start, token.end) });
        mark.append(span);
        return span;
      });
      mark.append(cut(position, found.end));
      const paint = (chosen) => spans.forEach((span, n) => {
        const values = found.tokens[n].similarities, value = chosen === null ? Math.max(...values) : values[chosen];
        span.style.setProperty("--heat", Math.max(0, Math.min(1, (value - 0.2) / 0.7)).toFixed(3));
        span.title = `similarity ${value.toFixed(3)}`;
      });
      const chips = found.query_tokens.map((token, n) => element("button", { type: "button", className: "v-button v-token",
        textContent: token.text, title: `best match ${token.similarity.toFixed(3)}`, onclick: (event) => {
          const on = event.currentTarget.getAttribute("aria-pressed") !== "true";
          chips.forEach((chip) => chip.setAttribute("aria-pressed", "false"));
          event.currentTarget.setAttribute("aria-pressed", String(on));
          paint(on ? n : null);
        } }));
      paint(null);
      card.querySelector(".v-tokens")?.remove();
      box.before(element("div", { className: "v-tokens" }, ...chips, element("small", { textContent: ` MaxSim ${found.score.toFixed(3)}` })));
      box.replaceChildren(mark);
    } catch (error) { box.textContent = `The server cannot be reached: ${error.message}`; }
    finally { button.disabled = false; }
  }

  async function rate(button) {
    const card = button.closest(".v-source"), { document: id, start, end } = card.dataset;
    const response = await fetch("/v1/feedback", { method: "POST", headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ answer_id: card.closest(".v-turn").dataset.answer, rating: Number(button.dataset.rate),
        document_id: id, start: Number(start), end: Number(end) }) });
    if (!response.ok) { window.alert(await explain(response)); return; }
    card.querySelectorAll("[data-rate]").forEach((one) => one.setAttribute("aria-pressed", String(one === button)));
  }

  // The conversation as one Markdown file, made in the browser.
  window.vouchExport = (answers) => {
    if (!answers?.length) { window.alert("There is no conversation yet."); return; }
    const turn = (answer) => {
      const sources = answer.citations.map((c) => `[${c.marker}] ${[c.source, ...c.heading_path].join(" › ")}${c.page ? `, page ${c.page}` : ""}, characters ${c.start}–${c.end}: “${c.quote}”`);
      const runs = answer.executions.map((e) => `- ${e.title} (${e.path}, SHA-256 ${e.sha256})\n  - inputs: \`${JSON.stringify(e.inputs)}\`\n  - output: \`${JSON.stringify(e.output)}\``);
      const warnings = answer.warnings.map((w) => `> ${w.claim ? `“${w.claim}” – ` : ""}${w.correct}`);
      return [`## ${answer.question}`, ...warnings, answer.answer, sources.length && `### Sources\n\n${sources.join("\n\n")}`,
        runs.length && `### Runs\n\n${runs.join("\n")}`].filter(Boolean).join("\n\n");
    };
    const file = new Blob([`# Conversation with Vouch\n\n${answers.map(turn).join("\n\n")}\n`], { type: "text/markdown" });
    const link = element("a", { href: URL.createObjectURL(file), download: "conversation.md" });
    link.click();
    setTimeout(() => URL.revokeObjectURL(link.href), 1000);
  };

  const refresh = () => document.querySelector("#refresh-documents")?.click();

  async function remove(button) {
    if (!window.confirm(`Delete ${button.dataset.source}?`)) return;
    const response = await fetch(`/v1/documents/${encodeURIComponent(button.dataset.delete)}`, { method: "DELETE" });
    if (response.ok) refresh(); else window.alert(await explain(response));
  }

  const WORDS = { queued: "waiting", indexed: "indexed", unchanged: "was indexed already", refused: "refused", removed: "removed" };

  function showJob(box, job) {
    const settled = job.documents.filter((d) => d.state !== "queued").length;
    const bar = element("progress", { max: Math.max(job.documents.length, 1), value: settled });
    const rows = job.documents.map((d) => element("li", { className: `v-${d.state}` },
      element("b", { textContent: d.source }), ` ${WORDS[d.state]}${d.reason ? `: ${d.reason}` : ""}`));
    const running = ["queued", "running"].includes(job.state);
    const head = element("p", {}, running ? "Indexing… " : `The job is ${job.state}.`);
    if (running) head.append(bar, element("button", { type: "button", className: "v-button", textContent: "Cancel",
      onclick: () => fetch(`/v1/jobs/${job.id}`, { method: "DELETE" }) }));
    box.replaceChildren(head, element("ul", {}, ...rows));
    return running;
  }

  const showChosen = (form) => {
    const files = [...form.querySelector("input[type=file]").files];
    form.querySelector(".v-chosen").textContent = files.map((file) => file.name).join(", ");
  };
  document.addEventListener("change", (event) => { if (event.target.closest?.(".v-drop")) showChosen(event.target.closest(".v-upload")); });
  for (const kind of ["dragover", "dragleave", "drop"]) document.addEventListener(kind, (event) => {
    const zone = event.target.closest?.(".v-drop");
    if (!zone) return;
    event.preventDefault();
    zone.classList.toggle("v-over", kind === "dragover");
    if (kind !== "drop" || !event.dataTransfer.files.length) return;
    zone.querySelector("input").files = event.dataTransfer.files;
    showChosen(zone.closest(".v-upload"));
  });

  async function upload(form) {
    const box = document.querySelector("#upload-progress");
    const fail = (text) => box.replaceChildren(element("p", { className: "v-error", role: "alert", textContent: text }));
    const files = form.querySelector("input[type=file]").files, url = form.querySelector("input[name=url]").value.trim();
    const body = new FormData();
    for (const file of files) body.append("file", file);
    if (url) body.append("url", url);
    body.append("collection", form.querySelector("input[name=collection]").value.trim() || "default");
    if (!files.length && !url) { fail("Choose files or give a URL."); return; }
    if (files.length && url) { fail("Choose files or give a URL, not both."); return; }
    box.replaceChildren(element("p", { textContent: "Sending…" }));
    try {
      const response = await fetch("/v1/documents", { method: "POST", body });
      if (!response.ok) { fail(await explain(response)); return; }
      const { job_id } = await response.json();
      form.querySelectorAll("input[type=file], input[name=url]").forEach((input) => (input.value = ""));
      showChosen(form);
      for (let running = true; running; ) {
        await new Promise((resolve) => setTimeout(resolve, 400));
        const status = await fetch(`/v1/jobs/${job_id}`);
        if (!status.ok) { fail(await explain(status)); return; }
        running = showJob(box, await status.json());
      }
      refresh();
    } catch (error) { fail(`The server cannot be reached: ${error.message}`); }
  }

  document.addEventListener("click", (event) => {
    const hit = (selector) => event.target.closest?.(selector);
    const chip = hit('a[href*="#cite-"]');
    if (chip) { event.preventDefault(); event.stopPropagation(); openCitation(chip.getAttribute("href").split("#")[1]); return; }
    const whole = hit("[data-whole]"), suspect = hit("[data-check]"), again = hit("[data-run]"), gone = hit("[data-delete]"), send = hit("[data-upload]");
    if (whole) showWhole(whole);
    else if (suspect) check(suspect);
    else if (hit("[data-heat]")) heat(hit("[data-heat]"));
    else if (hit("[data-rate]")) rate(hit("[data-rate]"));
    else if (again) run(again);
    else if (gone) remove(gone);
    else if (send) upload(send.closest(".v-upload"));
    else if (hit("[data-theme-toggle]")) {
      const dark = document.body.classList.toggle("dark");
      localStorage.setItem("vouch-theme", dark ? "dark" : "light");
    }
  }, true);

  // "/" goes to the question from anywhere that is not typed into, Escape leaves it.
  document.addEventListener("keydown", (event) => {
    const box = document.querySelector("#question textarea");
    const typing = event.target.closest?.("input, textarea, select, [contenteditable]");
    if (event.key === "/" && !typing && box?.offsetParent) { event.preventDefault(); box.focus(); }
    else if (event.key === "Escape" && typing === box) box?.blur();
  });

  const chosen = localStorage.getItem("vouch-theme");
  const apply = () => chosen && document.body.classList.toggle("dark", chosen === "dark");
  document.addEventListener("DOMContentLoaded", () => setTimeout(apply, 0));
  window.addEventListener("load", () => setTimeout(apply, 300));
})();
