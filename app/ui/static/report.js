// Filters, and the way from a mark to its finding and back. Nothing is fetched.
(() => {
  "use strict";
  const cards = [...document.querySelectorAll(".finding")], marks = [...document.querySelectorAll("mark")];
  const boxes = [...document.querySelectorAll(".filters input")];
  const namesOf = (mark) => mark.dataset.findings.split(" ").map((number) => `f${number}`);

  function filter() {
    const allowed = (name) => new Set(boxes.filter((box) => box.name === name && box.checked).map((box) => box.value));
    const every = (name) => !boxes.some((box) => box.name === name);
    const severities = allowed("severity"), kinds = allowed("kind");
    for (const card of cards) card.hidden = !(severities.has(card.dataset.severity) && (every("kind") || kinds.has(card.dataset.kind)));
    for (const mark of marks) mark.classList.toggle("off", namesOf(mark).every((id) => document.getElementById(id).hidden));
  }

  function light(targets, view) {
    document.querySelectorAll(".lit").forEach((lit) => lit.classList.remove("lit"));
    targets.forEach((target) => target.classList.add("lit"));
    view?.scrollIntoView({ block: "center" });
  }

  function follow(event) {
    if (event.target.closest("summary, pre, a, input")) return;
    const mark = event.target.closest("mark"), card = event.target.closest(".finding");
    if (mark) {
      const found = namesOf(mark).map((id) => document.getElementById(id)).filter((one) => !one.hidden);
      light([mark, ...found], found[0]);
    } else if (card) {
      const spans = marks.filter((one) => namesOf(one).includes(card.id));
      light([card, ...spans], spans[0]);
    }
  }

  boxes.forEach((box) => box.addEventListener("change", filter));
  document.addEventListener("click", follow);
  document.addEventListener("keydown", (event) => { if (event.key === "Enter") follow(event); });
  filter();
})();
