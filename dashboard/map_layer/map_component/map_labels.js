/* Where the names stand: a greedy placement on the screen, most important first.
 *
 * A name with a report is always shown, unless most districts have one: then those of the roomier districts
 * are, and the others once one looks nearer. It stands in its district where that has room,
 * else beside it with a thin line to it; of several places the one is taken that covers
 * least of other names and of other reported districts. A name without a report is shown
 * only where it fits into its own district and touches no other.
 */
"use strict";

const mapLabels = (() => {
  const GAP = 3; // pixels kept free round each name
  const OWN = 0.3; // how much less it matters that a name covers its own district
  const ANGLES = 16;
  const RINGS = [0, 8, 18, 30, 44];
  const MANY = 14; // with more reported districts than this, what would cover another name waits for a closer look
  const COVERS = 0.06; // of a name's own area

  const box = (x, y, w, h) => ({ left: x - w / 2, top: y - h / 2, right: x + w / 2, bottom: y + h / 2 });

  const overlap = (a, b) =>
    Math.max(0, Math.min(a.right, b.right) - Math.max(a.left, b.left)) *
    Math.max(0, Math.min(a.bottom, b.bottom) - Math.max(a.top, b.top));

  const outside = (b, size) =>
    Math.max(0, -b.left) + Math.max(0, -b.top) + Math.max(0, b.right - size.x) + Math.max(0, b.bottom - size.y);

  /* The places a name may take, best first: its own district, then rings around it. */
  function places(item) {
    const here = { x: item.x, y: item.y, away: 0 };
    const beside = RINGS.flatMap((ring) =>
      Array.from({ length: ANGLES }, (_, i) => {
        const angle = (2 * Math.PI * i) / ANGLES;
        const dx = Math.cos(angle) * (item.room + ring + item.w / 2);
        const dy = Math.sin(angle) * (item.room / 2 + ring + item.h / 2);
        return { x: item.x + dx, y: item.y + dy, away: ring + 8 };
      }),
    );
    const nudged = [-7, 7, -13, 13].map((dy) => ({ x: item.x, y: item.y + dy, away: Math.abs(dy) / 4 }));
    const fits = item.w <= 2 * item.room * 1.1 && item.h <= item.roomHigh;
    return fits ? [here, ...nudged, ...beside] : [...beside, { ...here, away: 30 }];
  }

  function cost(place, item, taken, keepClear, size) {
    const b = box(place.x, place.y, item.w + GAP, item.h + GAP);
    const names = taken.reduce((sum, t) => sum + overlap(b, t), 0);
    const shapes = keepClear.reduce((sum, k) => sum + overlap(b, k) * (k.pcode === item.pcode ? OWN : 1), 0);
    return names * 20 + (place.away ? shapes * 0.6 : 0) + outside(b, size) * 200 + place.away * 6;
  }

  /* item: {pcode, x, y, w, h, room, roomHigh, always, rank}; pixels in the map's frame. */
  function place(items, size, obstacles) {
    const keepClear = items.filter((i) => i.always).map((i) => ({ pcode: i.pcode, ...box(i.x, i.y, 2 * i.room, i.roomHigh) }));
    const taken = [...obstacles];
    const placed = new Map();
    const put = (item, where) => {
      taken.push(box(where.x, where.y, item.w + GAP, item.h + GAP));
      placed.set(item.pcode, { x: where.x, y: where.y, led: where.away >= 8 });
    };
    const crowded = items.filter((i) => i.always).length > MANY;
    const covers = (p, item) => {
      const b = box(p.x, p.y, item.w, item.h);
      return outside(b, size) > 1 || taken.some((t) => overlap(b, t) > COVERS * item.w * item.h);
    };
    const order = [...items].sort((a, b) => b.always - a.always || b.rank - a.rank);
    for (const item of order) {
      if (item.always) {
        const best = places(item).reduce(
          (least, p) => {
            const c = cost(p, item, taken, keepClear, size);
            return c < least.c ? { c, p } : least;
          },
          { c: Infinity, p: null },
        );
        if (!crowded || !covers(best.p, item)) put(item, best.p);
      } else if (item.w <= 2 * item.room * 1.05 && item.h <= item.roomHigh) {
        const free = [0, -7, 7].map((dy) => ({ x: item.x, y: item.y + dy, away: 0 })).find((p) => {
          const b = box(p.x, p.y, item.w + GAP, item.h + GAP);
          return outside(b, size) === 0 && taken.every((t) => overlap(b, t) === 0);
        });
        if (free) put(item, free);
      }
    }
    return placed;
  }

  return { place };
})();
