/* What stands around the shapes: hatches, legend, note, tooltip, the mark of the choice.
 *
 * Every text that comes from the page is set with textContent, nowhere otherwise.
 */
"use strict";

const mapParts = (() => {
  const SVG = "http://www.w3.org/2000/svg";

  function make(tag, attributes = {}, text = null) {
    const node = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    if (text !== null) node.textContent = text;
    return node;
  }

  function makeSvg(tag, attributes = {}, children = []) {
    const node = document.createElementNS(SVG, tag);
    for (const [name, value] of Object.entries(attributes)) node.setAttribute(name, value);
    node.append(...children);
    return node;
  }

  /* The four blanks: told apart by shape as well as by colour. Colours are in the style. */
  function hatches() {
    const ground = (size) => makeSvg("rect", { width: size, height: size, class: "ground" });
    const line = (d) => makeSvg("path", { d, class: "ink" });
    const pattern = (id, size, ...marks) =>
      makeSvg("pattern", { id, class: id, width: size, height: size, patternUnits: "userSpaceOnUse" }, [ground(size), ...marks]);
    const defs = makeSvg("defs", {}, [
      pattern("hatch-zero", 8, makeSvg("circle", { cx: 4, cy: 4, r: 1.5, class: "ring" })),
      pattern("hatch-no_report", 8),
      pattern("hatch-without_figure", 8, line("M-2,2 l4,-4 M0,8 l8,-8 M6,10 l4,-4")),
      pattern("hatch-province_only", 6, line("M-1,-1 l8,8 M-1,5 l2,2 M5,-1 l2,2")),
    ]);
    return makeSvg("svg", { width: 0, height: 0, class: "hatches", "aria-hidden": "true" }, [defs]);
  }

  function swatch(key) {
    const rect = makeSvg("rect", { x: 0.5, y: 0.5, width: 21, height: 13, "data-fill": key, class: "swatch" });
    return makeSvg("svg", { width: 22, height: 14, "aria-hidden": "true" }, [rect]);
  }

  function drawKeys(node, rows) {
    for (const [key, label] of rows) {
      const row = make("li");
      row.append(swatch(key), make("span", { dir: "auto" }, label));
      node.append(row);
    }
  }

  /* The classes and the blanks stand apart: each where the province leaves room. */
  function drawLegend(classes, blanks, legend) {
    classes.replaceChildren();
    blanks.replaceChildren();
    classes.hidden = !legend?.classes.length;
    blanks.hidden = !legend?.blanks.length;
    if (!legend) return;
    classes.append(make("h2", { dir: "auto" }, legend.title), make("ul"));
    drawKeys(classes.lastChild, legend.classes);
    drawKeys(blanks, legend.blanks);
  }

  function drawNote(node, text) {
    node.hidden = !text;
    node.replaceChildren();
    if (text) node.append(swatch("province_only"), make("span", { dir: "auto" }, text));
  }

  function drawTooltip(node, name, lines) {
    node.replaceChildren(make("strong", { dir: "auto" }, name));
    for (const line of lines.split("\n").filter(Boolean)) node.append(make("div", { dir: "auto" }, line));
  }

  /* Keeps the tooltip beside a point and inside the frame. */
  function moveTooltip(node, x, y) {
    const { clientWidth: width, clientHeight: height } = document.documentElement;
    node.hidden = false;
    const [w, h] = [node.offsetWidth, node.offsetHeight];
    const left = x + 14 + w > width ? x - 14 - w : x + 14;
    const top = y + 14 + h > height ? y - 14 - h : y + 14;
    node.style.left = `${Math.max(4, Math.min(left, width - w - 4))}px`;
    node.style.top = `${Math.max(4, Math.min(top, height - h - 4))}px`;
  }

  return { make, makeSvg, hatches, drawLegend, drawNote, drawTooltip, moveTooltip };
})();
