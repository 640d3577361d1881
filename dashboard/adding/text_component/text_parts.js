/* The text with its marks, and the cards of the claims; whatever is told is set with textContent. */
"use strict";

const textParts = (() => {
  function make(tag, attributes = {}, text = null) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) if (value !== null) node.setAttribute(name, value);
    if (text !== null) node.textContent = text;
    return node;
  }

  /* Lines of the text with where each begins, and whether it goes on the one before. */
  function paragraphs(text, joined = []) {
    const found = [];
    const goOn = new Set(joined);
    let start = 0;
    for (const line of text.split("\n")) {
      const at = found.length;
      const node = make("p", { dir: "auto", class: goOn.has(at + 1) ? "goes-on" : null });
      found.push({ start, end: start + line.length, text: line, joined: goOn.has(at), node, drawn: null });
      start += line.length + 1;
    }
    return found;
  }

  /* Draws a line in pieces: plain words, words of a quote, and the figures that can be chosen. */
  function drawParagraph(line, drafts, selected) {
    const here = drafts.filter((d) => d.start !== null && d.start < line.end && d.end > line.start);
    const key = JSON.stringify(here.map((d) => [d.id, d.start, d.end, d.status, d.id === selected]));
    if (key === line.drawn) return;
    line.drawn = key;
    const cuts = new Set([line.start, line.end]);
    for (const d of here) for (const at of [d.start, d.end, d.figStart, d.figEnd]) if (at > line.start && at < line.end) cuts.add(at);
    const edges = [...cuts].sort((a, b) => a - b);
    line.node.replaceChildren();
    for (let i = 0; i + 1 < edges.length; i += 1) {
      const [from, to] = [edges[i], edges[i + 1]];
      const words = line.text.slice(from - line.start, to - line.start);
      const figure = here.filter((d) => d.figStart <= from && d.figEnd >= to).sort((a, b) => (b.id === selected) - (a.id === selected))[0];
      const quotes = here.filter((d) => d.start <= from && d.end >= to);
      const chosen = quotes.some((d) => d.id === selected);
      let piece;
      if (figure) {
        piece = make("mark", { class: `figure ${figure.status}`, "data-id": figure.id, role: "button", tabindex: "-1", "aria-label": `${words}: ${figure.title}, ${figure.said}` }, words);
      } else {
        const shortest = quotes.sort((a, b) => a.end - a.start - (b.end - b.start))[0];
        piece = make("span", quotes.length ? { class: "quoted", "data-id": shortest.id } : {}, words);
      }
      if (chosen) piece.classList.add("chosen");
      line.node.append(piece);
    }
  }

  function card(draft, isSelected) {
    const item = make("li", { class: `card ${draft.status}`, id: `card-${draft.id}`, role: "option", "aria-selected": String(isSelected), "data-id": draft.id });
    const head = make("div", { class: "head" });
    head.append(make("strong", { dir: "auto" }, draft.title), make("span", { class: "state" }, draft.said));
    item.append(head, make("q", { class: "quote", dir: "auto" }, draft.quote), make("div", { class: "meta", dir: "auto" }, draft.meta));
    if (draft.incident) item.append(make("div", { class: "meta incident", dir: "auto" }, draft.incident));
    if (draft.problem) item.append(make("div", { class: `problem${draft.stops ? " stops" : ""}`, dir: "auto" }, draft.problem));
    return item;
  }

  return { make, paragraphs, drawParagraph, card };
})();
