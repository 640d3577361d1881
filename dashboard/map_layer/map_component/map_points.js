/* Circles over the districts: all on one canvas, which lets every click through.
 *
 * A circle's area grows with its number. It is drawn whole where all of its incidents are
 * known to the place itself, and with a broken edge and a paler ground where some are known
 * only to lie near it.
 */
"use strict";

const mapPoints = (() => {
  const { make, makeSvg } = mapParts;
  // CSS pixels: the radius of the largest circle, and of one incident where no circle holds many.
  const [WIDEST, WIDEST_OF_ONE] = [20, 5];
  const NARROWEST = 1.6; // smaller could not be seen
  const COVERED = 0.1; // the share of the map that circles may cover together
  const BEYOND = 0.25; // how much is drawn beyond each edge, to be dragged into sight
  const BROKEN = [2.5, 2];
  const EXACT = 1; // where_prec
  const LINE = 13; // between two labels of the legend

  /* The radius for a number of incidents, on a map of a size. */
  function scale(circles, size) {
    let [most, all] = [1, 1];
    for (let i = 2; i < circles.length; i += 4) {
      most = Math.max(most, circles[i]);
      all += circles[i];
    }
    const one = Math.min(WIDEST_OF_ONE, WIDEST / Math.sqrt(most), Math.sqrt((COVERED * size.x * size.y) / (Math.PI * all)));
    return { most, radius: (count) => Math.max(NARROWEST, one * Math.sqrt(count)) };
  }

  /* The circles on the map; `show` is given what the page sends, or null for none. */
  function layer(map, pane, legend) {
    const canvas = make("canvas", { class: "points leaflet-zoom-hide", "aria-hidden": "true", hidden: "" });
    map.getPane(pane).append(canvas);
    let points = null;
    let circles = [];

    function draw() {
      canvas.hidden = !circles.length;
      const size = map.getSize();
      const { most, radius } = scale(circles, size);
      drawLegend(legend, points, most, radius);
      if (!circles.length || !size.x) return;
      const beyond = size.multiplyBy(BEYOND).round();
      const [width, height] = [size.x + 2 * beyond.x, size.y + 2 * beyond.y];
      const fine = window.devicePixelRatio || 1;
      canvas.width = Math.round(width * fine);
      canvas.height = Math.round(height * fine);
      canvas.style.width = `${width}px`;
      canvas.style.height = `${height}px`;
      L.DomUtil.setPosition(canvas, map.containerPointToLayerPoint(beyond.multiplyBy(-1)));
      const pen = canvas.getContext("2d");
      const colours = getComputedStyle(document.documentElement);
      const [ground, edge, halo] = ["--point", "--point-edge", "--halo"].map((name) => colours.getPropertyValue(name).trim());
      const stroke = (colour, thick, opacity, dashes) => {
        pen.setLineDash(dashes);
        pen.globalAlpha = opacity;
        pen.strokeStyle = colour;
        pen.lineWidth = thick;
        pen.stroke();
      };
      pen.scale(fine, fine);
      // The largest come first, so that the smaller ones lie on top of them.
      for (let i = 0; i < circles.length; i += 4) {
        const at = map.latLngToContainerPoint([circles[i + 1], circles[i]]).add(beyond);
        const r = radius(circles[i + 2]);
        if (at.x < -r || at.y < -r || at.x > width + r || at.y > height + r) continue;
        const exact = circles[i + 3] === EXACT;
        pen.beginPath();
        pen.arc(at.x, at.y, r, 0, 2 * Math.PI);
        pen.globalAlpha = exact ? 0.78 : 0.45;
        pen.fillStyle = ground;
        pen.fill();
        stroke(halo, Math.min(2.4, 0.8 * r), 0.75, []);
        stroke(edge, Math.min(1, 0.5 * r), 1, exact ? [] : BROKEN);
      }
    }

    function show(now) {
      points = now;
      if (JSON.stringify(circles) !== JSON.stringify(now?.circles ?? [])) {
        circles = now?.circles ?? [];
        canvas.dataset.circles = circles.length / 4;
        canvas.dataset.incidents = circles.reduce((sum, value, i) => (i % 4 === 2 ? sum + value : sum), 0);
      }
      draw(); // also where only the light has changed
    }

    map.on("moveend zoomend resize", draw);
    return { show };
  }

  /* Numbers that a legend names, the largest first: up to two round ones, and 1. */
  function named(most) {
    const round = (value) => {
      const ten = 10 ** Math.floor(Math.log10(value));
      return [5, 2, 1].map((n) => n * ten).find((n) => n <= value);
    };
    return [...new Set([round(most), round(Math.max(1, most / 8)), 1])];
  }

  /* The circles stand inside each other, on one ground, each with a line to its number. */
  function nested(most, radius) {
    const counts = named(most);
    const widest = radius(counts[0]);
    const middle = widest + 1;
    const height = Math.max(2 * widest + LINE / 2, LINE * counts.length) + 2;
    let y = -LINE;
    const parts = counts.flatMap((count, i) => {
      const r = radius(count);
      const top = height - 1 - 2 * r;
      // Beside the top of its circle, and clear of the labels above and below.
      y = Math.max(y + LINE, Math.min(top + 1, height - LINE * (counts.length - i - 0.5)));
      const text = makeSvg("text", { x: 2 * middle + 14, y: y + 4 });
      text.textContent = count.toLocaleString("en");
      return [
        makeSvg("circle", { cx: middle, cy: height - 1 - r, r, class: "point" }),
        makeSvg("path", { d: `M${middle},${top} L${2 * middle + 4},${y} h7`, class: "lead" }),
        text,
      ];
    });
    return makeSvg("svg", { width: 2 * middle + 60, height, role: "img", "aria-label": `Sizes: ${counts.join(", ")}` }, parts);
  }

  function drawLegend(node, points, most, radius) {
    node.replaceChildren();
    node.hidden = !points?.circles.length;
    if (node.hidden) return;
    node.append(make("h2", { dir: "auto" }, points.title), nested(most, radius));
    if (!points.near) return;
    const row = make("p", { class: "key" });
    const circle = makeSvg("circle", { cx: 7, cy: 7, r: 5, class: "point near" });
    row.append(makeSvg("svg", { width: 14, height: 14, "aria-hidden": "true" }, [circle]), make("span", { dir: "auto" }, points.near));
    node.append(row);
  }

  return { layer };
})();
