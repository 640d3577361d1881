/* The text on the left, its claims on the right: shows what the page sends, sends back what is done. */
"use strict";

const page = {
  last: null, // the mark of what was sent last: an older answer does not move the choice back
  post(type, data = {}) {
    window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...data }, "*");
  },
  onRender(draw) {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent && event.data?.type === "streamlit:render") draw(event.data.args, event.data.theme);
    });
    this.post("componentReady", { apiVersion: 1 });
  },
  tell(kind, data = {}) {
    this.last = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    this.post("setComponentValue", { value: { kind, nonce: this.last, ...data }, dataType: "json" });
  },
};

(() => {
  const { make, paragraphs, drawParagraph, card } = textParts;
  const root = document.documentElement;
  const NARROW = 640; // CSS pixels; below, the claims stand under the text
  let args = { text: null, drafts: [], can: false };
  let lines = [];
  let selected = null;
  let asked = "";
  let rejecting = null;

  // --- The parts ------------------------------------------------------------------------
  document.title = "Text and claims";
  root.lang = "en";
  const text = make("article", { class: "text", tabindex: "0", "aria-label": "Text of the report. J and K walk through the claims; arrows left and right select words, Enter adds them as a claim." });
  const cards = make("ul", { class: "cards", role: "listbox", tabindex: "0", "aria-label": "Claims of the report" });
  const bar = make("div", { class: "bar", hidden: "" });
  const addButton = make("button", { type: "button", class: "primary" }, "Add as a claim (Enter)");
  const barWords = make("span", { class: "words", dir: "auto" });
  const tools = make("div", { class: "tools", role: "toolbar", "aria-label": "The selected claim" });
  const told = make("div", { class: "told", role: "status", "aria-live": "polite" });
  const left = make("div", { class: "left" });
  const right = make("div", { class: "right" });
  bar.append(barWords, addButton);
  left.append(text, bar);
  right.append(cards, tools, told);
  const panes = make("main", { class: "panes" });
  panes.append(left, right);
  document.body.append(panes);

  const button = (label, key, title, action, css = "") => {
    const node = make("button", { type: "button", title, class: css, "aria-keyshortcuts": key }, label);
    node.append(" ", make("kbd", { "aria-hidden": "true" }, key));
    node.addEventListener("click", action);
    return node;
  };
  const acceptButton = button("Accept", "a", "Put this claim on the map", () => act("accept"), "primary");
  const rejectButton = button("Reject", "r", "Leave it out, with a reason", () => askReason());
  const editButton = button("Edit", "e", "Go to the fields of this claim", () => act("edit"));
  const form = make("form", { class: "reason", hidden: "" });
  const reason = make("input", { type: "text", list: "reasons", maxlength: "300", "aria-label": "Why is it rejected?", placeholder: "Why? Choose or write, then Enter", required: "" });
  const reasons = make("datalist", { id: "reasons" });
  form.append(reason, reasons, make("button", { type: "submit" }, "Reject"));
  tools.append(acceptButton, rejectButton, editButton, form);

  // --- What is done -----------------------------------------------------------------------
  const waiting = (d) => d && (d.status === "linked" || d.status === "unclassified");
  const current = () => args.drafts.find((d) => d.id === selected);

  function choose(id, { send = true, scroll = true } = {}) {
    if (!args.drafts.some((d) => d.id === id)) return;
    selected = id;
    closeReason();
    draw();
    if (scroll) show();
    const d = current();
    told.textContent = `${d.title}. ${d.said}. ${d.meta}`;
    if (send) page.tell("select", { id });
  }

  function step(by) {
    const list = args.drafts;
    if (!list.length) return;
    const at = list.findIndex((d) => d.id === selected);
    choose(list[Math.max(0, Math.min(list.length - 1, at < 0 ? 0 : at + by))].id);
  }

  function act(kind, more = {}) {
    const d = current();
    if (!args.can || !waiting(d)) {
      if (kind === "edit" && d) focusEditor();
      return;
    }
    page.tell(kind, { id: d.id, ...more });
    if (kind === "edit") focusEditor();
    else panes.classList.add("busy");
  }

  function askReason() {
    if (!args.can || !waiting(current())) return;
    rejecting = selected;
    form.hidden = false;
    reason.value = "";
    reason.focus();
  }
  function closeReason() {
    if (rejecting === null) return;
    rejecting = null;
    form.hidden = true;
    cards.focus();
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const why = reason.value.trim();
    if (!why) return;
    act("reject", { reason: why });
    closeReason();
  });

  /* The fields stand in the page around this frame, which has the same address. */
  function focusEditor(tries = 20) {
    try {
      const field = window.parent.document.querySelector(".st-key-claim-fields input");
      if (field) {
        field.focus();
        field.scrollIntoView({ block: "nearest" });
      } else if (tries) setTimeout(() => focusEditor(tries - 1), 100);
    } catch {
      /* another address: Tab leads there too */
    }
  }

  // --- Words selected by mouse or keyboard ---------------------------------------------------
  function offset(node, at) {
    const element = node.nodeType === Node.TEXT_NODE ? node.parentElement : node;
    const line = lines.find((l) => l.node === element.closest("p"));
    if (!line) return null;
    const before = document.createRange();
    before.selectNodeContents(line.node);
    before.setEnd(node, at);
    return line.start + before.toString().length;
  }
  function marked() {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || chosen.isCollapsed || !text.contains(chosen.anchorNode) || !text.contains(chosen.focusNode)) return null;
    const range = chosen.getRangeAt(0);
    let start = offset(range.startContainer, range.startOffset);
    let end = offset(range.endContainer, range.endOffset);
    if (start === null || end === null || end <= start) return null;
    const words = args.text.slice(start, end);
    start += words.length - words.trimStart().length;
    end -= words.length - words.trimEnd().length;
    return end > start ? { start, end } : null;
  }
  function inOneParagraph(span) {
    return lines.every((line) => line.joined || line.start <= span.start || line.start >= span.end);
  }
  function drawBar() {
    const span = args.can ? marked() : null;
    bar.hidden = !span;
    if (!span) return;
    const words = args.text.slice(span.start, span.end);
    const number = (words.match(/[\p{L}\p{N}_]+/gu) ?? []).length;
    const fits = number > 0 && number <= args.words && inOneParagraph(span);
    addButton.disabled = !fits;
    barWords.textContent = fits ? `“${words}”` : `${number} words in one or more paragraphs: at most ${args.words}, of one paragraph`;
  }
  function add() {
    const span = marked();
    if (!span || addButton.disabled) return;
    page.tell("add", span);
    document.getSelection().removeAllRanges();
    panes.classList.add("busy");
  }
  document.addEventListener("selectionchange", drawBar);
  addButton.addEventListener("click", add);

  function selectWord(direction, extend) {
    const chosen = document.getSelection();
    if (!chosen.rangeCount || !text.contains(chosen.anchorNode)) {
      const start = text.querySelector("mark.chosen, .chosen") ?? text.querySelector("p");
      if (!start) return;
      chosen.collapse(start, 0);
    } else if (!extend && !chosen.isCollapsed) {
      if (direction === "forward") chosen.collapseToEnd();
      else chosen.collapseToStart();
    }
    chosen.modify("extend", direction, "word");
    const node = chosen.focusNode;
    (node?.nodeType === Node.TEXT_NODE ? node.parentElement : node)?.scrollIntoView({ block: "nearest" });
  }

  // --- Keyboard ----------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target === reason) {
      if (event.key === "Escape") closeReason();
      return;
    }
    const inText = event.target === text || text.contains(event.target);
    const keys = {
      j: () => step(1),
      k: () => step(-1),
      ArrowDown: () => step(1),
      ArrowUp: () => step(-1),
      a: () => act("accept"),
      r: () => askReason(),
      e: () => act("edit"),
      Escape: () => document.getSelection().removeAllRanges(),
    };
    if (inText) {
      keys.ArrowRight = () => selectWord("forward", event.shiftKey);
      keys.ArrowLeft = () => selectWord("backward", event.shiftKey);
    }
    if (event.key === "Enter" && !bar.hidden && event.target.tagName !== "BUTTON") keys.Enter = add;
    const action = keys[event.key];
    if (!action) return;
    event.preventDefault();
    action();
  });

  // --- Mouse -----------------------------------------------------------------------------
  text.addEventListener("click", (event) => {
    if (!document.getSelection().isCollapsed) return;
    const piece = event.target.closest("[data-id]");
    if (piece) choose(piece.dataset.id);
  });
  cards.addEventListener("click", (event) => {
    const item = event.target.closest("[data-id]");
    if (item) choose(item.dataset.id);
  });
  cards.addEventListener("dblclick", () => act("edit"));

  // --- Drawing -----------------------------------------------------------------------------
  function show() {
    const figure = text.querySelector("mark.chosen") ?? text.querySelector(".chosen");
    if (figure) {
      const [pane, box] = [text.getBoundingClientRect(), figure.getBoundingClientRect()];
      if (box.top < pane.top + 30 || box.bottom > pane.bottom - 30) text.scrollTop += box.top - pane.top - pane.height / 3;
    }
    const item = document.getElementById(`card-${selected}`);
    if (item) {
      const [pane, box] = [cards.getBoundingClientRect(), item.getBoundingClientRect()];
      if (box.top < pane.top) cards.scrollTop += box.top - pane.top - 6;
      else if (box.bottom > pane.bottom) cards.scrollTop += box.bottom - pane.bottom + 6;
    }
  }

  function draw() {
    for (const line of lines) drawParagraph(line, args.drafts, selected);
    cards.replaceChildren(...args.drafts.map((d) => card(d, d.id === selected)));
    if (!args.drafts.length) cards.append(make("li", { class: "empty" }, args.empty ?? ""));
    if (selected) cards.setAttribute("aria-activedescendant", `card-${selected}`);
    const d = current();
    tools.hidden = !args.can || !d;
    for (const node of [acceptButton, rejectButton, editButton]) node.hidden = !waiting(d);
    acceptButton.disabled = Boolean(d?.stops);
  }

  function fit() {
    const narrow = root.clientWidth < NARROW;
    root.classList.toggle("narrow", narrow);
    root.style.setProperty("--height", `${args.height}px`);
    page.post("setFrameHeight", { height: narrow ? Math.round(args.height * 1.75) : args.height });
  }
  let widthThen = 0;
  new ResizeObserver(() => {
    if (root.clientWidth !== widthThen && args.height) fit();
    widthThen = root.clientWidth;
  }).observe(root);

  page.onRender((sent, theme) => {
    const now = JSON.stringify([sent, theme?.backgroundColor]);
    if (now === asked) return;
    asked = now;
    const before = selected;
    const another = sent.text !== args.text;
    args = sent;
    root.classList.toggle("dark", sent.dark);
    const ground = theme?.base === (sent.dark ? "dark" : "light") ? theme.backgroundColor : "";
    root.style.setProperty("--paper", ground || null);
    root.style.setProperty("--primary", theme?.primaryColor ?? null);
    if (another) {
      lines = paragraphs(sent.text, sent.joined);
      text.replaceChildren(...lines.map((l) => l.node));
      text.lang = sent.language;
      text.dir = sent.rtl ? "rtl" : "ltr";
    }
    panes.classList.remove("busy");
    reasons.replaceChildren(...sent.reasons.map((r) => make("option", { value: r })));
    if (page.last === null || sent.echo === page.last || !sent.drafts.some((d) => d.id === selected)) selected = sent.selected;
    draw();
    fit();
    drawBar();
    if (another || selected !== before) requestAnimationFrame(show);
  });
})();
