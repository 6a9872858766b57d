// The page of a language model: what it expects next as one types, what surprised it, its attention, and what it writes.
import { ask, field, fixed, h, latest, mistake } from "./dom.js";
import { attentionMap } from "./attention.js";
import { samples } from "./samples.js";

export async function showLanguageModel(run, main, about) {
  about.textContent = `${run.model} on ${run.data}, ${run.vocabulary.toLocaleString("en")} tokens in its vocabulary. `
    + "Write, and see what it expects.";
  const text = h("textarea", { rows: 2, spellcheck: "false", autocapitalize: "off", oninput: () => update() });
  const tokens = h("p", { class: "tokens" });
  const total = h("p", { class: "hint" });
  const next = h("ol", { class: "next" });
  const wrong = mistake();
  const attention = run.hasAttention ? attentionMap(() => text.value) : null;

  const add = piece => {
    text.value = run.spaced ? `${text.value.trimEnd()} ${piece}`.trimStart() : text.value + piece;
    update();
    text.focus();
  };
  const read = latest("next", wrong, async () => {
    const answer = await ask("next", { text: text.value });
    tokens.replaceChildren(...answer.tokens.map(token => h("span", {
      class: token.known ? "token" : "token unknown", style: { "--w": Math.min(1, -Math.log(token.probability) / 10) },
      title: `probability ${token.probability.toPrecision(2)}`,
    }, token.text)));
    const nats = answer.tokens.reduce((sum, token) => sum - Math.log(token.probability), 0);
    total.textContent = answer.tokens.length === 0
      ? "The darker a token, the less it was expected."
      : `−log p = ${fixed(nats, 1)} nats, perplexity ${fixed(Math.exp(nats / answer.tokens.length), 1)} per token. `
        + "The darker a token, the less it was expected.";
    const most = answer.next[0].probability;
    next.replaceChildren(...answer.next.map(token => h("li", {}, h("button", {
      type: "button", disabled: token.writes === null, onclick: () => add(token.writes), style: { "--w": token.probability / most },
    }, h("span", {}, token.text), h("span", { class: "number" }, `${fixed(100 * token.probability, 1)} %`)))));
  });
  const update = () => { read(); attention?.update(); };

  const drawn = samples(run, { prompted: true });
  main.className = "columns";
  main.append(
    h("section", {}, h("h2", {}, "Text"), field("The beginning of a text", text), tokens, total, wrong,
      attention && h("div", {}, h("h2", {}, "Attention"), attention.element)),
    h("section", {}, h("h2", {}, "Next token"), next, h("h2", {}, "Samples"), drawn.element));
  text.value = run.spaced ? "she was" : "She was";
  await Promise.all([read(), attention?.update(), drawn.update()]);
}
