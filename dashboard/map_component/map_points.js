/* Circles over the districts: all on one canvas, which lets every click through.
 *
 * A circle's area grows with its number. It is drawn whole where all of its incidents are
 * known to the place itself, and with a broken edge and a paler ground where some are known
 * only to lie near it.
 */
"use strict";

const mapPoints = (() => {
  const { make, makeSvg } = mapParts;
  const WIDEST = 20; // CSS pixels, the radius of the largest circle
  const WIDEST_OF_ONE = 5; // of one incident, where no circle holds many
  const NARROWEST = 1.6; // smaller could not be seen
  const BEYOND = 0.25; // how much is drawn beyond each edge, to be dragged into sight
  const BROKEN = [2.5, 2];
  const WHOLE = 1; // where_prec

  const radius = (count, most) => Math.max(NARROWEST, Math.min(WIDEST_OF_ONE, WIDEST / Math.sqrt(most)) * Math.sqrt(count));

  const mostOf = (circles) => circles.reduce((most, value, i) => (i % 4 === 2 && value > most ? value : most), 1);

  /* The circles on the map; `show` is given the numbers, or null for none. */
  function layer(map, pane) {
    const canvas = make("canvas", { class: "points leaflet-zoom-hide", "aria-hidden": "true", hidden: "" });
    map.getPane(pane).append(canvas);
    let circles = [];
    let drawn = ""; // what is shown, as text

    function draw() {
      if (!circles.length) return;
      const size = map.getSize();
      const beyond = size.multiplyBy(BEYOND).round();
      const [width, height] = [size.x + 2 * beyond.x, size.y + 2 * beyond.y];
      const fine = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * fine);
      canvas.height = Math.round(height * fine);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint(beyond.multiplyBy(-1)));
      const pen = canvas.getContext("2d");
      const colour = getComputedStyle(document.documentElement);
      const [ground, edge, halo] = ["--point", "--point-edge", "--halo"].map((name) => colour.getPropertyValue(name).trim());
      pen.scale(fine, fine);
      const most = mostOf(circles);
      // The largest come first, so that the smaller ones lie on top of them.
      for (let i = 0; i < circles.length; i += 4) {
        const at = map.latLngToContainerPoint([circles[i + 1], circles[i]]).add(beyond);
        const r = radius(circles[i + 2], most);
        if (at.x < -r || at.y < -r || at.x > width + r || at.y > height + r) continue;
        const whole = circles[i + 3] === WHOLE;
        pen.beginPath();
        pen.arc(at.x, at.y, r, 0, 2 * Math.PI);
        pen.globalAlpha = whole ? 0.62 : 0.3;
        pen.fillStyle = ground;
        pen.fill();
        pen.setLineDash([]);
        pen.globalAlpha = 0.75;
        pen.strokeStyle = halo;
        pen.lineWidth = 2.4;
        pen.stroke();
        pen.setLineDash(whole ? [] : BROKEN);
        pen.globalAlpha = 1;
        pen.strokeStyle = edge;
        pen.lineWidth = 1;
        pen.stroke();
      }
    }

    function show(points) {
      const now = points ? JSON.stringify(points.circles) : "";
      if (now !== drawn) {
        drawn = now;
        circles = points ? points.circles : [];
        canvas.hidden = !circles.length;
        canvas.dataset.circles = circles.length / 4;
        canvas.dataset.incidents = circles.reduce((sum, value, i) => (i % 4 === 2 ? sum + value : sum), 0);
      }
      draw(); // also where only the light has changed
    }

    map.on("moveend zoomend resize", draw);
    return { show };
  }

  /* Numbers that a legend names: 1, and up to two round ones below the most. */
  function named(most) {
    const round = (value) => {
      const ten = 10 ** Math.floor(Math.log10(value));
      return [5, 2, 1].map((n) => n * ten).find((n) => n <= value);
    };
    const large = round(most);
    return [...new Set([large, round(Math.max(1, large / 8)), 1])];
  }

  function drawLegend(node, points) {
    node.replaceChildren();
    node.hidden = !points;
    if (!points) return;
    const most = mostOf(points.circles);
    const list = make("ul");
    const row = (r, mark, text) => {
      const wide = 2 * Math.max(radius(named(most)[0], most), 5) + 3;
      const high = Math.max(2 * r + 3, 14);
      const circle = makeSvg("circle", { cx: wide / 2, cy: high / 2, r, class: `point ${mark}` });
      const item = make("li");
      item.append(makeSvg("svg", { width: wide, height: high, "aria-hidden": "true" }, [circle]), make("span", { dir: "auto" }, text));
      list.append(item);
    };
    if (points.circles.length) named(most).forEach((count) => row(radius(count, most), "", count.toLocaleString("en")));
    if (points.near) row(5, "near", points.near);
    node.append(make("h2", { dir: "auto" }, points.title), list);
    if (points.note) node.append(make("p", { dir: "auto" }, points.note));
  }

  return { layer, drawLegend };
})();
