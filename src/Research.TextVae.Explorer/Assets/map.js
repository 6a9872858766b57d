// The map of the sentences: places, colours, what is under the pointer, and what a panel draws over it.
import { ask, fixed, h, s, whenSized } from "./dom.js";

const Padding = 22;
const Reach = 28;
const Colours = 7;

// How sentences can be coloured: a class for each and a legend.
function colourings(sentences) {
  const counts = new Map();
  for (const label of sentences.labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const byLabel = () => {
    const names = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
    const kept = names.length > Colours + 1 ? names.slice(0, Colours) : names;
    const place = new Map(kept.map((name, i) => [name, i]));
    return {
      classes: sentences.labels.map(label => `c${place.get(label) ?? Colours}`),
      legend: [...kept.map((name, i) => [`c${i}`, name || "no label"]), ...kept.length < names.length ? [[`c${Colours}`, "others"]] : []],
    };
  };
  // Classes of equal counts, so that a few extremes do not leave the rest in one colour.
  const byValue = (values, format) => () => {
    const sorted = [...values].sort((a, b) => a - b);
    const limits = Array.from({ length: Colours - 1 }, (_, i) => sorted[Math.floor((i + 1) * sorted.length / Colours)]);
    const classes = values.map(value => `q${limits.filter(limit => value >= limit).length}`);
    return { classes, scale: [format(sorted[0]), format(sorted.at(-1))] };
  };
  return [
    ...counts.size > 1 ? [["label", "label", byLabel]] : [],
    ["length", "length in tokens", byValue(sentences.lengths, value => String(value))],
    ["loss", "−ELBO, nats per sentence", byValue(sentences.losses, value => fixed(value, 1))],
  ];
}

export function createMap(run, sentences, { choose, path }) {
  const count = sentences.texts.length;
  const lines = s("g", { class: "lines" });
  const dots = sentences.texts.map((_, i) => s("circle", { r: count > 700 ? 3.2 : 4.4, "data-i": i }));
  const marks = s("g", { class: "marks" });
  const ring = s("circle", { class: "ring", r: 8, hidden: true });
  const drag = s("line", { class: "drag", hidden: true });
  const svg = s("svg", {
    class: "map", tabindex: 0, role: "application",
    "aria-label": `Map of ${count} sentences. Arrow keys go to the next sentence, Enter chooses it, Shift and Enter reads the path to it.`,
  }, s("g", { class: "dots" }, dots), lines, marks, drag, ring);
  const tip = h("div", { class: "tip", hidden: true });
  const spoken = h("p", { class: "spoken", "aria-live": "polite" });

  let width = 0, height = 0;
  let kind = "pca";
  let places = sentences.places;
  let toScreen = place => place;
  let screen = [];
  let hovered = -1, chosen = -1;
  let overlay = {};

  // One scale for both axes: distances on the map are distances.
  function fit() {
    const bounds = [0, 1].map(axis => {
      const values = places.map(place => place[axis]);
      return [Math.min(...values), Math.max(...values)];
    });
    const [spanX, spanY] = bounds.map(([low, high]) => Math.max(high - low, 1e-9));
    const scale = Math.min((width - 2 * Padding) / spanX, (height - 2 * Padding) / spanY);
    const [midX, midY] = bounds.map(([low, high]) => (low + high) / 2);
    toScreen = ([x, y]) => [width / 2 + (x - midX) * scale, height / 2 - (y - midY) * scale];
    screen = places.map(toScreen);
    dots.forEach((dot, i) => {
      dot.setAttribute("cx", screen[i][0].toFixed(1));
      dot.setAttribute("cy", screen[i][1].toFixed(1));
    });
    drawOverlay();
    if (hovered >= 0) placeTip();
  }

  function drawOverlay() {
    lines.replaceChildren();
    marks.replaceChildren();
    const { from = [], to = [], near = [], codes = [], line = false, current } = overlay;
    dots.forEach(dot => dot.classList.remove("from", "to", "near", "chosen"));
    from.forEach(i => dots[i].classList.add("from"));
    to.forEach(i => dots[i].classList.add("to"));
    near.forEach(i => dots[i].classList.add("near"));
    const isPlane = kind === "pca";
    svg.classList.toggle("sets", from.length > 0);
    svg.classList.toggle("under", isPlane && codes.length > 0);
    const center = isPlane && current ? toScreen(current) : chosen >= 0 ? screen[chosen] : null;
    if (center && near.length > 0)
      for (const i of near)
        lines.append(s("line", { class: "near", x1: center[0], y1: center[1], x2: screen[i][0], y2: screen[i][1] }));
    if (isPlane && codes.length > 0) {
      const points = codes.map(toScreen);
      if (line) lines.append(s("polyline", { class: "way", points: points.map(point => point.join(",")).join(" ") }));
      points.forEach(([x, y], i) => marks.append(s("path", {
        class: line ? "code on-way" : "code", "data-code": i, d: "M0-5.5 5.5 0 0 5.5-5.5 0z", transform: `translate(${x} ${y})`,
        style: { "--t": points.length < 2 ? 0 : i / (points.length - 1) },
      })));
    }
    if (center) marks.append(s("circle", { class: "current", cx: center[0], cy: center[1], r: 7 }));
    if (chosen >= 0) dots[chosen].classList.add("chosen");
  }

  const nearest = (x, y) => {
    let best = -1, least = Reach * Reach;
    screen.forEach(([px, py], i) => {
      const distance = (px - x) ** 2 + (py - y) ** 2;
      if (distance < least) [best, least] = [i, distance];
    });
    return best;
  };

  const reconstructions = new Map();
  const reconstruct = i => {
    if (!reconstructions.has(i)) reconstructions.set(i, ask(`sentences/${i}`).then(answer => answer.text));
    return reconstructions.get(i);
  };

  function placeTip() {
    const [x, y] = screen[hovered];
    ring.setAttribute("cx", x);
    ring.setAttribute("cy", y);
    const box = tip.getBoundingClientRect();
    tip.style.left = `${Math.max(4, Math.min(x - box.width / 2, width - box.width - 4))}px`;
    tip.style.top = `${y > height / 2 ? y - box.height - 14 : y + 14}px`;
  }

  function hover(i, speaks = false) {
    if (i === hovered) return;
    hovered = i;
    ring.toggleAttribute("hidden", i < 0);
    tip.hidden = i < 0;
    if (i < 0) return;
    const start = performance.now();
    const read = h("p", { class: "read" }, "…");
    const label = sentences.labels[i];
    tip.replaceChildren(
      h("p", { class: "text" }, sentences.texts[i]), read,
      h("p", { class: "hint" },
        [label, `${sentences.lengths[i]} tokens`, `−ELBO ${fixed(sentences.losses[i], 1)}`].filter(Boolean).join(" · ")));
    placeTip();
    reconstruct(i).then(text => {
      read.textContent = text;
      if (hovered !== i) return;
      placeTip();
      if (speaks) spoken.textContent = `${sentences.texts[i]} Reads back as: ${text}`;
      performance.measure("hover", { start });
    }, () => {});
  }

  const at = event => {
    const box = svg.getBoundingClientRect();
    return [event.clientX - box.left, event.clientY - box.top];
  };
  let pressed = -1, begin = [0, 0];
  svg.addEventListener("pointerdown", event => {
    begin = at(event);
    pressed = nearest(...begin);
    if (pressed >= 0) svg.setPointerCapture(event.pointerId);
  });
  svg.addEventListener("pointermove", event => {
    const [x, y] = at(event);
    const isDragging = pressed >= 0 && event.buttons > 0 && Math.hypot(x - begin[0], y - begin[1]) > 8;
    drag.toggleAttribute("hidden", !isDragging);
    if (isDragging) {
      const [fromX, fromY] = screen[pressed];
      Object.entries({ x1: fromX, y1: fromY, x2: x, y2: y }).forEach(([name, value]) => drag.setAttribute(name, value));
    }
    hover(nearest(x, y));
  });
  svg.addEventListener("pointerup", event => {
    const [x, y] = at(event);
    const end = nearest(x, y);
    const isDragged = Math.hypot(x - begin[0], y - begin[1]) > 8;
    drag.toggleAttribute("hidden", true);
    if (isDragged && pressed >= 0 && end >= 0 && end !== pressed) path(pressed, end);
    else if (!isDragged) {
      hover(end);
      if (end >= 0) choose(end);
    }
    pressed = -1;
  });
  svg.addEventListener("pointercancel", () => {
    pressed = -1;
    drag.toggleAttribute("hidden", true);
  });
  svg.addEventListener("pointerleave", event => { if (event.pointerType !== "touch") hover(-1); });
  svg.addEventListener("focus", () => {
    if (svg.matches(":focus-visible")) hover(chosen >= 0 ? chosen : nearestTo(width / 2, height / 2), true);
  });
  svg.addEventListener("blur", () => hover(-1));
  svg.addEventListener("keydown", event => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[event.key];
    if (way) {
      event.preventDefault();
      hover(next(Math.max(hovered, 0), way), true);
    } else if ((event.key === "Enter" || event.key === " ") && hovered >= 0) {
      event.preventDefault();
      if (event.shiftKey && chosen >= 0 && chosen !== hovered) path(chosen, hovered);
      else choose(hovered);
    } else if (event.key === "Escape") hover(-1);
  });

  const nearestTo = (x, y) => screen.reduce((best, [px, py], i) =>
    Math.hypot(px - x, py - y) < Math.hypot(screen[best][0] - x, screen[best][1] - y) ? i : best, 0);

  // The nearest sentence in a direction, what lies aside counting as farther away.
  function next(from, [wayX, wayY]) {
    let best = from, least = Infinity;
    screen.forEach(([x, y], i) => {
      const [dx, dy] = [x - screen[from][0], y - screen[from][1]];
      const along = dx * wayX + dy * wayY;
      const cost = along + 2.5 * Math.abs(dx * wayY - dy * wayX);
      if (i !== from && along > 0.5 && cost < least) [best, least] = [i, cost];
    });
    return best;
  }

  // Colours.
  const choices = colourings(sentences);
  const legend = h("div", { class: "legend" });
  const colour = h("select", { onchange: () => recolour() },
    choices.map(([name, title]) => h("option", { value: name }, title)));
  function recolour() {
    const { classes, legend: names, scale } = choices.find(([name]) => name === colour.value)[2]();
    dots.forEach((dot, i) => dot.setAttribute("class", classes[i]));
    legend.replaceChildren(...names
      ? names.map(([style, name]) => h("span", { class: "key" }, h("i", { class: style }), name))
      : [h("span", { class: "key" }, scale[0], h("span", { class: "ramp" },
        Array.from({ length: Colours }, (_, i) => h("i", { class: `q${i}` }))), scale[1])]);
    drawOverlay();
  }

  // The plane of the principal components, or t-SNE, which goes on while one looks.
  const note = h("span", { class: "hint", id: "projection" });
  const explain = () => { note.textContent = `two principal components: ${fixed(100 * sentences.explained, 0)} % of the variance`; };
  async function follow() {
    while (kind === "tsne") {
      const answer = await ask("embedding").catch(() => null);
      if (!answer || kind !== "tsne") return;
      places = answer.places;
      fit();
      const isDone = answer.iteration >= answer.iterations;
      note.textContent = isDone
        ? "t-SNE: neighbours count, distances do not"
        : `t-SNE: iteration ${answer.iteration} of ${answer.iterations}`;
      if (isDone) return;
      await new Promise(resolve => setTimeout(resolve, 120));
    }
  }
  const project = next => {
    kind = next;
    for (const button of projections.children) button.setAttribute("aria-pressed", button.value === kind);
    if (kind === "tsne") return follow();
    places = sentences.places;
    explain();
    fit();
  };
  const projections = h("div", { class: "choice", role: "group", "aria-label": "Projection" },
    [["pca", "PCA"], ["tsne", "t-SNE"]].map(([value, title]) =>
      h("button", { type: "button", value, "aria-pressed": value === "pca", onclick: () => project(value) }, title)));

  const canvas = h("div", { class: "canvas" }, svg, tip);
  whenSized(canvas, now => {
    width = now;
    height = Math.round(Math.min(560, Math.max(300, width * 0.74)));
    svg.setAttribute("viewBox", `0 0 ${width} ${height}`);
    svg.setAttribute("height", height);
    fit();
  });
  explain();
  recolour();

  const element = h("section", { class: "mapped", "aria-label": "Map" },
    h("div", { class: "tools" }, projections, h("label", { class: "inline" }, "Colour", colour)),
    canvas, h("div", { class: "under" }, legend, note),
    h("p", { class: "hint" }, "Choose a sentence, or drag from one to another to read the path between them."), spoken);
  return {
    element,
    get chosen() { return chosen; },
    choose(i) { chosen = i; drawOverlay(); },
    draw(next) { overlay = next; drawOverlay(); },
    emphasise(i, isOn) { marks.querySelector(`[data-code="${i}"]`)?.classList.toggle("strong", isOn); },
    text: i => sentences.texts[i],
  };
}
