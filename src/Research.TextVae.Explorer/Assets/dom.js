// Elements, questions to the server, and small things that every part of a page needs.

const fill = (node, attributes, children) => {
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === null || (value === false && !name.startsWith("aria-"))) continue;
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "style") Object.entries(value).forEach(([property, own]) => node.style.setProperty(property, own));
    else node.setAttribute(name, value === true && !name.startsWith("aria-") ? "" : value);
  }
  node.append(...children.flat().filter(child => child !== undefined && child !== null && child !== false));
  return node;
};

export const h = (tag, attributes = {}, ...children) => fill(document.createElement(tag), attributes, children);

export const s = (tag, attributes = {}, ...children) =>
  fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);

export async function ask(path, question) {
  const post = { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(question) };
  const response = await fetch(path, question === undefined ? {} : post)
    .catch(() => { throw new Error("The program has ended; start it again for a new page."); });
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Error(answer.error ?? `The server answered ${response.status}.`);
  return answer;
}

// Work that asks the server, one piece at a time: of what is wanted meanwhile only the last is done. A mistake is shown in its place.
export function latest(name, mistake, work) {
  let isRunning = false;
  let waiting;
  return async function run(...wanted) {
    if (isRunning) {
      waiting = wanted;
      return;
    }
    isRunning = true;
    const start = performance.now();
    try {
      await work(...wanted);
      mistake.textContent = "";
      performance.measure(name, { start });
    } catch (error) {
      mistake.textContent = error.message;
    }
    isRunning = false;
    const next = waiting;
    waiting = undefined;
    if (next) await run(...next);
  };
}

export const mistake = () => h("p", { class: "mistake", role: "alert" });

export const fixed = (value, digits = 2) => Number(value).toFixed(digits).replace("-", "−");

// Draws when the element has a width, and again when that changes.
export function whenSized(element, draw) {
  let width = 0;
  new ResizeObserver(([entry]) => {
    const now = Math.round(entry.contentRect.width);
    if (now && now !== width) draw(width = now);
  }).observe(element);
}

// Panels of which one is shown; arrow keys go from one to the next.
export function tabs(label, panels) {
  const list = h("div", { class: "tabs", role: "tablist", "aria-label": label });
  const element = h("div", { class: "tabbed" }, list);
  const show = (name, focus = false) => {
    for (const panel of panels) {
      const isShown = panel.name === name;
      panel.tab.setAttribute("aria-selected", isShown);
      panel.tab.tabIndex = isShown ? 0 : -1;
      panel.body.hidden = !isShown;
      if (isShown && focus) panel.tab.focus();
    }
    panels.find(panel => panel.name === name).shown?.();
  };
  panels.forEach((panel, i) => {
    const id = `panel-${panel.name}`;
    panel.tab = h("button", {
      role: "tab", id: `tab-${panel.name}`, "aria-controls": id, type: "button", onclick: () => show(panel.name),
      onkeydown: event => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (step) show(panels[(i + step + panels.length) % panels.length].name, true);
      },
    }, panel.title);
    panel.body = h("div", { role: "tabpanel", id, "aria-labelledby": `tab-${panel.name}`, class: "panel" }, panel.content);
    list.append(panel.tab);
    element.append(panel.body);
  });
  return { element, show, get current() { return panels.find(panel => !panel.body.hidden).name; } };
}

// A labelled input.
let fields = 0;
export function field(label, input, note) {
  input.id ||= `field-${++fields}`;
  return h("div", { class: "field" }, h("label", { for: input.id }, label, note && h("span", { class: "hint" }, note)), input);
}

// A labelled range with its value beside it.
export function range(label, { min, max, step, value, digits = 2, note }, changed) {
  const input = h("input", { type: "range", min, max, step, value, id: `field-${++fields}` });
  const output = h("output", { for: input.id });
  const show = () => { output.textContent = fixed(input.value, digits); };
  input.addEventListener("input", () => { show(); changed(Number(input.value)); });
  show();
  const element = h("div", { class: "range" },
    h("label", { for: input.id }, label, note && h("span", { class: "hint" }, note)), input, output);
  return { element, input, set(next) { input.value = next; show(); } };
}

// Texts from one end to the other.
export const strip = (texts, labels) => h("ol", { class: "strip samples" }, texts.map((text, i) =>
  h("li", { style: { "--t": texts.length < 2 ? 0 : i / (texts.length - 1) } }, h("span", { class: "t" }, labels[i]),
    h("p", {}, text || h("span", { class: "empty" }, "nothing")))));
