// The attention of a Transformer: one map of the chosen layer and head, rows looking at columns.
import { ask, fixed, h, latest, mistake } from "./dom.js";

export function attentionMap(getText) {
  const wrong = mistake();
  const grid = h("div", { class: "attention", role: "img" });
  const readout = h("p", { class: "readout", "aria-live": "polite" });
  const layer = h("select", { "aria-label": "Layer", onchange: () => draw() });
  const head = h("select", { "aria-label": "Head", onchange: () => draw() });
  let answer;

  const options = (select, count, name, first) => {
    if (select.options.length === count + first.length) return;
    select.replaceChildren(...first.map(text => h("option", { value: "mean" }, text)),
      ...Array.from({ length: count }, (_, i) => h("option", { value: i }, `${name} ${i + 1}`)));
  };

  function draw() {
    const heads = answer.weights[layer.value];
    const mean = () => heads[0].map((row, i) =>
      row.map((_, j) => heads.reduce((sum, own) => sum + own[i][j], 0) / heads.length));
    const weights = head.value === "mean" ? mean() : heads[head.value];
    const keys = [...Array.from({ length: answer.memory }, (_, i) => answer.memory > 1 ? `z${i + 1}` : "z"), ...answer.tokens];
    grid.style.setProperty("--keys", keys.length);
    grid.setAttribute("aria-label", `Attention of ${answer.tokens.length} tokens`);
    grid.replaceChildren(
      h("span", { class: "corner" }), ...keys.map(key => h("span", { class: "key" }, h("b", {}, key))),
      ...answer.tokens.flatMap((token, i) => [
        h("span", { class: "query" }, token),
        ...keys.map((key, j) => h("i", {
          style: { "--w": weights[i][j] }, class: j - answer.memory > i ? "future" : null,
          onpointerenter: () => { readout.textContent = `“${token}” looks at “${key}” with weight ${fixed(weights[i][j])}`; },
        })),
      ]));
    const [strongest, weight] = keys.map((key, j) => [key, weights.at(-1)[j]]).reduce((a, b) => b[1] > a[1] ? b : a);
    readout.textContent = `Rows look at columns; “${answer.tokens.at(-1)}”, the last, looks most at “${strongest}” (${fixed(weight)}).`;
  }

  const update = latest("attention", wrong, async () => {
    answer = await ask("attention", { text: getText() });
    options(layer, answer.weights.length, "layer", []);
    options(head, answer.weights[0].length, "head", ["mean of heads"]);
    draw();
  });
  const element = h("div", {}, h("div", { class: "tools" }, layer, head), h("div", { class: "scroll" }, grid), readout, wrong);
  return { element, update };
}
