/* The map in its frame: takes what the page sends, paints it, sends back what was chosen. */
"use strict";

/* What Streamlit and the frame say to each other. */
const streamlitPage = {
  post(type, data = {}) {
    window.parent.postMessage({ isStreamlitMessage: true, type: `streamlit:${type}`, ...data }, "*");
  },
  onRender(draw) {
    window.addEventListener("message", (event) => {
      if (event.source === window.parent && event.data?.type === "streamlit:render") draw(event.data.args, event.data.theme);
    });
    this.post("componentReady", { apiVersion: 1 });
  },
  choose(pcode) {
    // The mark makes this choice another than the last one, even of the same district.
    const nonce = `${Date.now().toString(36)}-${Math.random().toString(36).slice(2)}`;
    this.post("setComponentValue", { value: { pcode, nonce }, dataType: "json" });
  },
};

function startDistrictMap({ map, districts, outline, labelPoints }) {
  const { make, makeSvg } = mapParts;
  const NARROW = 460; // CSS pixels; below, the legend stands under the map
  const container = map.getContainer();
  const layers = new Map();
  districts.eachLayer((layer) => layers.set(layer.feature.properties.pcode, layer));

  let paints = {};
  let names = {};
  let selected = null;
  let first = true; // whether the page has sent nothing yet
  let asked = ""; // what was last drawn, as text: the same again paints nothing
  let tiles = null;
  let height = 0;
  let words = { area: "district", whole: "province" };

  // --- The parts of the frame ---------------------------------------------------------
  const root = document.documentElement;
  root.lang = "en";
  const note = make("p", { class: "note", hidden: "" });
  const sizes = make("section", { class: "legend sizes", "aria-label": "Legend: points", hidden: "" });
  const undrawn = make("p", { class: "undrawn", dir: "auto", hidden: "" });
  const classes = make("section", { class: "legend classes", "aria-label": "Legend", hidden: "" });
  const blanks = make("ul", { class: "legend blanks", hidden: "" });
  const thanks = make("p", { class: "thanks", hidden: "" });
  const tooltip = make("div", { class: "tooltip", "aria-hidden": "true", hidden: "" });
  const chosen = make("button", { class: "chosen", type: "button", hidden: "" });
  const top = make("div", { class: "top" });
  const corner = make("div", { class: "corner" });
  const around = make("div", { class: "around" });
  top.append(note, blanks, undrawn, chosen);
  corner.append(sizes, classes);
  around.append(top, corner, thanks);
  document.body.append(mapParts.hatches(), around, tooltip);
  container.setAttribute("role", "group");

  // --- Layers: the province's band below, the rings above --------------------------------
  const pane = (name, z) => {
    map.createPane(name).style.zIndex = z;
    map.getPane(name).style.pointerEvents = "none";
    return name;
  };
  const ring = (name, paneName, data) =>
    L.geoJSON(data, { pane: paneName, interactive: false, smoothFactor: 0, noClip: true, style: { className: name, fill: false } }).addTo(map);
  const border = outline.toGeoJSON();
  pane("band", 390);
  pane("points", 405);
  pane("rings", 410);
  pane("names", 420);
  ring("band", "band", border);
  ring("border", "rings", border);
  outline.remove();
  const chosenRings = [ring("chosen-casing", "rings", null), ring("chosen-line", "rings", null)];
  const focusRings = [ring("focus-casing", "rings", null), ring("focus-line", "rings", null)];
  const show = (rings, pcode) =>
    rings.forEach((layer) => {
      layer.clearLayers();
      if (pcode) layer.addData(layers.get(pcode).feature);
    });

  // --- Districts: pointer and keyboard --------------------------------------------------
  function describe(pcode) {
    mapParts.drawTooltip(tooltip, names[pcode] ?? pcode, paints[pcode]?.[2] ?? "");
  }
  const hideTooltip = () => (tooltip.hidden = true);

  function choose(pcode) {
    const next = pcode === selected ? null : pcode;
    if (next === selected) return;
    markSelected(next);
    placeNames();
    streamlitPage.choose(next);
  }

  // One stop of the Tab key for all areas: within, arrows, Home, End and first letters lead on.
  const order = [...layers.keys()]; // by name, once the names are there
  let stop = order[0];
  container.setAttribute("tabindex", "-1");
  function stopAt(pcode) {
    layers.get(stop).getElement().setAttribute("tabindex", "-1");
    layers.get(pcode).getElement().setAttribute("tabindex", "0");
    stop = pcode;
  }
  function keyLeadsTo(event, pcode) {
    const at = order.indexOf(pcode);
    const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 };
    if (event.ctrlKey || event.altKey || event.metaKey) return null;
    if (event.key in steps) return order[(at + steps[event.key] + order.length) % order.length];
    if (event.key === "Home") return order[0];
    if (event.key === "End") return order[order.length - 1];
    if (event.key.length > 1 || event.key === " ") return null;
    const letter = event.key.toLowerCase();
    return [...order.slice(at + 1), ...order.slice(0, at)].find((code) => names[code]?.toLowerCase().startsWith(letter)) ?? null;
  }

  for (const [pcode, layer] of layers) {
    const path = layer.getElement();
    path.setAttribute("class", "district leaflet-interactive");
    path.setAttribute("data-pcode", pcode);
    path.setAttribute("tabindex", pcode === stop ? "0" : "-1");
    path.setAttribute("role", "button");
    layer.on("click", (event) => {
      L.DomEvent.stopPropagation(event);
      choose(pcode);
    });
    path.addEventListener("pointermove", (event) => {
      if (event.pointerType !== "mouse") return;
      describe(pcode);
      mapParts.moveTooltip(tooltip, event.clientX, event.clientY);
    });
    path.addEventListener("pointerleave", hideTooltip);
    path.addEventListener("focus", () => {
      stopAt(pcode);
      if (!path.matches(":focus-visible")) return;
      map.panInside(labelPoints[pcode].slice(0, 2), { padding: [40, 40], animate: false });
      show(focusRings, pcode);
      describe(pcode);
      const at = map.latLngToContainerPoint(labelPoints[pcode].slice(0, 2));
      mapParts.moveTooltip(tooltip, at.x, at.y);
    });
    path.addEventListener("blur", () => {
      show(focusRings, null);
      hideTooltip();
    });
    path.addEventListener("keydown", (event) => {
      const chooses = event.key === "Enter" || event.key === " ";
      const next = chooses ? null : keyLeadsTo(event, pcode);
      if (!chooses && !next) return;
      event.preventDefault();
      event.stopPropagation();
      if (chooses) choose(pcode);
      else layers.get(next).getElement().focus({ preventScroll: true });
    });
  }
  map.on("click", () => choose(null));
  chosen.addEventListener("click", () => {
    container.focus({ preventScroll: true });
    choose(null);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") choose(null);
  });

  // A finger scrolls the page, two move the map; a mouse drags it. The wheel scrolls the
  // page, with Ctrl (which a pinch on a touchpad sends too) it zooms.
  container.addEventListener("pointerdown", (event) => map.dragging[event.pointerType === "mouse" ? "enable" : "disable"](), true);
  container.addEventListener("wheel", (event) => map.scrollWheelZoom[event.ctrlKey ? "enable" : "disable"](), { capture: true, passive: true });

  // --- Names ----------------------------------------------------------------------------
  const leaders = makeSvg("svg", { class: "leaders leaflet-zoom-hide", "aria-hidden": "true" });
  map.getPane("names").append(leaders);
  const tags = new Map();
  for (const pcode of layers.keys()) {
    const tag = make("div", { class: "tag leaflet-zoom-hide", "aria-hidden": "true" });
    tag.append(make("span", { class: "name", dir: "auto" }), make("span", { class: "figure", dir: "auto" }));
    tags.set(pcode, tag);
    map.getPane("names").append(tag);
  }

  const reported = (pcode) => !["no_report", "province_only"].includes(paints[pcode]?.[0] ?? "no_report");

  /* Where a district's name belongs on the screen, and what room it has there. */
  function anchor(pcode) {
    const [latitude, longitude, halfWidth] = labelPoints[pcode];
    const at = map.latLngToContainerPoint([latitude, longitude]);
    const size = map.getSize();
    if (L.bounds([0, 0], size).contains(at)) {
      const room = map.latLngToContainerPoint([latitude, longitude + halfWidth]).x - at.x;
      return { x: at.x, y: at.y, room, roomHigh: Math.max(room * 0.9, 10) };
    }
    // Its best place is out of sight: take one amid what can be seen of it.
    const layer = layers.get(pcode);
    if (!map.getBounds().intersects(layer.getBounds())) return null;
    const seen = [];
    for (let i = 1; i < 14; i += 1) {
      for (let j = 1; j < 12; j += 1) {
        const point = L.point((size.x * i) / 14, (size.y * j) / 12);
        if (layer.getElement().isPointInFill(map.containerPointToLayerPoint(point))) seen.push(point);
      }
    }
    if (seen.length < 4) return null;
    const middle = seen.reduce((sum, point) => sum.add(point)).divideBy(seen.length);
    const nearest = seen.reduce((a, b) => (b.distanceTo(middle) < a.distanceTo(middle) ? b : a));
    return { x: nearest.x, y: nearest.y, room: 50, roomHigh: 40 };
  }

  function placeNames() {
    if (!height) return;
    const frame = container.getBoundingClientRect();
    const obstacles = [note, blanks, undrawn, chosen, sizes, classes, thanks, ...container.querySelectorAll(".leaflet-control")].map((node) => {
      const b = node.getBoundingClientRect();
      return { left: b.left - frame.left, top: b.top - frame.top, right: b.right - frame.left, bottom: b.bottom - frame.top };
    });
    const items = [];
    for (const pcode of layers.keys()) {
      const at = anchor(pcode);
      const tag = tags.get(pcode);
      const always = Number(reported(pcode) || pcode === selected);
      if (at) items.push({ pcode, ...at, w: tag.offsetWidth, h: tag.offsetHeight, always, rank: at.room + (pcode === selected) * 1e6 });
      tag.classList.remove("shown");
    }
    const placed = mapLabels.place(items, map.getSize(), obstacles);
    leaders.replaceChildren();
    for (const item of items) {
      const tag = tags.get(item.pcode);
      const where = placed.get(item.pcode);
      if (!where) continue;
      tag.classList.add("shown");
      const at = map.containerPointToLayerPoint([where.x, where.y]);
      L.DomUtil.setPosition(tag, L.point(at.x - item.w / 2, at.y - item.h / 2).round());
      if (where.led) {
        const to = map.containerPointToLayerPoint([item.x, item.y]);
        const x = Math.max(at.x - item.w / 2, Math.min(to.x, at.x + item.w / 2));
        const y = Math.max(at.y - item.h / 2, Math.min(to.y, at.y + item.h / 2));
        leaders.append(makeSvg("line", { x1: x, y1: y, x2: to.x, y2: to.y }), makeSvg("circle", { cx: to.x, cy: to.y, r: 2 }));
      }
    }
  }

  // --- Size -----------------------------------------------------------------------------
  const zoom = L.control.zoom({ position: "topleft" }).addTo(map);
  const whole = make("a", { href: "#", role: "button" });
  whole.append(makeSvg("svg", { viewBox: "0 0 14 14", width: 14, height: 14, "aria-hidden": "true" }, [makeSvg("path", { d: "M1,5 V1 H5 M9,1 H13 V5 M13,9 V13 H9 M5,13 H1 V9", class: "icon" })]));
  zoom.getContainer().append(whole);
  L.DomEvent.on(whole, "click", (event) => {
    L.DomEvent.stop(event);
    fit();
  });
  /* What areas and the whole are called, where the page says otherwise than before. */
  function call(area, all) {
    words = { area, whole: all };
    document.title = `Map of ${area}s`;
    blanks.setAttribute("aria-label", `Legend: ${area}s without a figure`);
    container.setAttribute("aria-label", `Map of ${area}s. Arrow keys go from ${area} to ${area}, Enter selects, Escape shows the ${all}.`);
    whole.title = `Show the whole ${all}`;
    whole.setAttribute("aria-label", whole.title);
  }
  call(words.area, words.whole);
  L.control.scale({ position: "bottomleft", imperial: false, maxWidth: 90 }).addTo(map);

  function fit() {
    const width = root.clientWidth;
    if (!height || !width) return;
    const narrow = width < NARROW;
    root.classList.toggle("narrow", narrow);
    if (narrow) around.append(note, undrawn, classes, blanks, sizes, thanks);
    else {
      top.append(note, blanks, undrawn, chosen);
      corner.append(sizes, classes);
    }
    const high = narrow ? Math.min(height, Math.round(width * 0.95)) : height;
    container.style.height = `${high}px`;
    map.invalidateSize({ animate: false, pan: false });
    const [left, right, above, below] = narrow ? [10, 10, 10, 24] : [14, 14, 14, 22];
    map.fitBounds(L.geoJSON(border).getBounds(), { paddingTopLeft: [left, above], paddingBottomRight: [right, below], animate: false });
    placeNames();
    tellHeight();
  }
  function tellHeight() {
    const high = container.offsetHeight;
    const below = root.classList.contains("narrow") ? around.offsetHeight : 0;
    streamlitPage.post("setFrameHeight", { height: high + below });
  }
  let widthThen = 0;
  new ResizeObserver(() => {
    if (root.clientWidth !== widthThen) fit();
    widthThen = root.clientWidth;
  }).observe(root);
  map.on("zoomend moveend", placeNames);

  // --- What the page sends ----------------------------------------------------------------
  function markSelected(pcode) {
    selected = pcode;
    if (pcode) stopAt(pcode);
    show(chosenRings, pcode);
    for (const [code, layer] of layers) layer.getElement().setAttribute("aria-pressed", String(code === pcode));
    chosen.hidden = !pcode;
    chosen.replaceChildren(make("span", { dir: "auto" }, names[pcode] ?? ""), make("span", { "aria-hidden": "true" }, "×"));
    chosen.setAttribute("aria-label", `${names[pcode] ?? ""}: show the whole ${words.whole} again`);
  }

  function showTiles(wanted) {
    tiles?.remove();
    tiles = wanted && L.tileLayer(wanted.url, { maxZoom: wanted.max_zoom, attribution: "" }).addTo(map);
    map.setMaxZoom(wanted ? wanted.max_zoom : 12);
    root.classList.toggle("tiles", Boolean(wanted));
    thanks.hidden = !wanted;
    thanks.textContent = wanted ? wanted.attribution : "";
  }

  const circles = mapPoints.layer(map, "points", sizes);
  let tilesThen = "null";
  streamlitPage.onRender((args, theme) => {
    const now = JSON.stringify([args, theme?.backgroundColor]);
    if (now === asked) return;
    asked = now;
    ({ paints, names } = args);
    order.sort((a, b) => (names[a] ?? a).localeCompare(names[b] ?? b, "en"));
    if (first) stopAt(order[0]);
    first = false;
    call(args.area_word, args.whole_word);
    root.classList.toggle("dark", args.dark);
    // The page's own ground, where page and map agree about the light.
    const ground = theme?.base === (args.dark ? "dark" : "light") ? theme.backgroundColor : "";
    root.style.setProperty("--paper", ground || null);
    args.palette.forEach((colour, i) => root.style.setProperty(`--class-${i}`, colour));
    for (const [pcode, layer] of layers) {
      const [fill, label, lines] = paints[pcode] ?? ["no_report", "", ""];
      const path = layer.getElement();
      path.setAttribute("data-fill", fill);
      path.setAttribute("aria-label", [names[pcode], ...lines.split("\n")].filter(Boolean).join(". "));
      const [name, figure] = tags.get(pcode).children;
      name.textContent = names[pcode];
      figure.textContent = label;
      tags.get(pcode).classList.toggle("reported", reported(pcode));
    }
    markSelected(args.selected);
    mapParts.drawLegend(classes, blanks, args.legend);
    circles.show(args.points);
    undrawn.hidden = !args.points?.note;
    undrawn.textContent = args.points?.note ?? "";
    mapParts.drawNote(note, args.province_note);
    root.classList.toggle("province", Boolean(args.province_note));
    const tilesNow = JSON.stringify(args.tiles);
    if (tilesNow !== tilesThen) showTiles(args.tiles);
    tilesThen = tilesNow;
    hideTooltip();
    if (args.height !== height) {
      height = args.height;
      fit();
    } else {
      placeNames();
      tellHeight();
    }
  });
}
