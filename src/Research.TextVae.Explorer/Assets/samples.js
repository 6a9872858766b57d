// Texts drawn from the model: a VAE's from codes of the prior, which the map shows.
import { ask, field, h, latest, mistake, range } from "./dom.js";

export function samples(run, { prompted = false, drawn = () => {}, emphasise = () => {} }) {
  const wrong = mistake();
  const list = h("ol", { class: "texts samples" });
  const seed = h("input", { type: "number", min: 0, max: 999999, value: 1, inputmode: "numeric", onchange: () => update() });
  const prompt = h("input", { type: "text", spellcheck: "false", autocapitalize: "off", oninput: () => update() });
  const wanted = { count: 8, temperature: 0.8, topP: 0.9 };
  let places = [];

  const temperature = range("Temperature", { min: 0, max: 2, step: 0.05, value: wanted.temperature, note: "0: likeliest" },
    value => { wanted.temperature = value; update(); });
  const topP = range("Top-p", { min: 0.05, max: 1, step: 0.05, value: wanted.topP, note: "1: all tokens" },
    value => { wanted.topP = value; update(); });
  const update = latest("samples", wrong, async () => {
    const answer = await ask("sample", { ...wanted, seed: Math.max(0, Math.floor(Number(seed.value) || 0)), prompt: prompt.value });
    places = answer.places ?? [];
    list.replaceChildren(...answer.texts.map((text, i) => h("li", {
      onpointerenter: () => emphasise(i, true), onpointerleave: () => emphasise(i, false),
    }, h("p", {}, text || h("span", { class: "empty" }, "nothing")))));
    drawn(places);
  });
  const another = h("button", {
    type: "button", class: "act", onclick: () => {
      seed.value = Number(seed.value) + 1;
      update();
    },
  }, "Draw others");
  const element = h("div", { class: "sampled" },
    prompted && field("Beginning", prompt, "may be empty"), temperature.element, topP.element,
    h("div", { class: "row" }, field("Seed", seed), another), wrong, list);
  return { element, update, get places() { return places; } };
}
