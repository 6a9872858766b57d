// The page of a VAE: the map, and panels that ask about a sentence, paths, dimensions, samples and attributes.
import { ask, field, fixed, h, latest, mistake, range, strip, tabs } from "./dom.js";
import { attentionMap } from "./attention.js";
import { createMap } from "./map.js";
import { posteriorChart } from "./posterior.js";
import { samples } from "./samples.js";

const Sliders = 8, Neighbours = 6;
const Presets = [["?", "."], ["!", "."], ["she", "he"], ["not", ""], ["was", "is"], ["I", "you"]];

const input = attributes => h("input", { type: "text", spellcheck: "false", autocapitalize: "off", ...attributes });
const quotation = () => h("p", { class: "quotation", "aria-live": "polite" });

export async function showLatentSpace(run, main, about) {
  const sentences = await ask("sentences");
  about.textContent = `${run.model} with ${run.latent} latent dimensions, ${run.activeUnits} of them active, on ${run.data}: `
    + `KL ${fixed(run.kl, 1)}, −ELBO ${fixed(run.negativeElbo, 1)} nats per sentence `
    + `over ${run.sentences.toLocaleString("en")} test sentences.`;

  let current, near = [];
  const map = createMap(run, sentences, {
    choose: i => { read(map.text(i), i); if (panels.current === "path") to.value = map.text(i); },
    path: (a, b) => {
      from.value = map.text(a);
      to.value = map.text(b);
      panels.show("path");
    },
  });

  // A sentence, its posterior and its neighbours.
  const text = h("textarea", { rows: 2, spellcheck: "false", oninput: () => read(text.value) });
  const tokens = h("p", { class: "tokens" });
  const terms = h("dl", { class: "terms" });
  const reconstruction = quotation();
  const chart = posteriorChart(run);
  const neighbours = h("ol", { class: "neighbours" });
  const wrongSentence = mistake();
  const attention = run.hasAttention ? attentionMap(() => text.value) : null;
  const read = latest("sentence", wrongSentence, async (sentence, index = -1) => {
    const answer = await ask("sentence", { text: sentence });
    current = answer;
    if (text.value !== sentence) text.value = sentence;
    tokens.replaceChildren(...answer.tokens.map(token => h("span", { class: token.known ? "token" : "token unknown" }, token.text)));
    reconstruction.replaceChildren(answer.reconstruction || h("span", { class: "empty" }, "nothing"));
    const kl = answer.kl.reduce((sum, value) => sum + value, 0);
    terms.replaceChildren(...[["−ELBO", answer.loss + kl], ["reconstruction", answer.loss], ["KL", kl]].flatMap(([name, value]) =>
      [h("div", {}, h("dt", {}, name), h("dd", {}, fixed(value, 1)))]));
    chart.show(answer);
    near = answer.neighbours.filter(neighbour => neighbour.index !== index).slice(0, Neighbours);
    neighbours.replaceChildren(...near.map(({ index: i, distance }) => h("li", {},
      h("button", { type: "button", onclick: () => read(map.text(i), i) }, map.text(i)), h("span", { class: "number" }, fixed(distance)))));
    map.choose(index);
    bases.forEach(element => { element.textContent = sentence; });
    if (!from.value) from.value = sentence;
    redraw();
    attention?.update();
  });

  // A path.
  const from = input({ oninput: () => walk() });
  const to = input({ oninput: () => walk() });
  const wrongPath = mistake();
  const way = h("div", {});
  let isRound = false, walked = [];
  const walk = latest("path", wrongPath, async () => {
    if (!from.value.trim() || !to.value.trim()) return;
    const answer = await ask("path", { from: from.value, to: to.value, steps: 8, spherical: isRound });
    way.replaceChildren(strip(answer.texts, answer.texts.map((_, i) => fixed(i / (answer.texts.length - 1)))));
    walked = answer.places;
    drawPanel("path", { codes: walked, line: true });
  });
  const round = h("div", { class: "choice", role: "group", "aria-label": "Way" }, [["Straight line", false], ["Great circle", true]]
    .map(([title, value]) => h("button", {
      type: "button", "aria-pressed": value === isRound, onclick: event => {
        isRound = value;
        [...round.children].forEach(button => button.setAttribute("aria-pressed", button === event.currentTarget));
        walk();
      },
    }, title)));
  const swap = h("button", {
    type: "button", class: "act", onclick: () => {
      [from.value, to.value] = [to.value, from.value];
      walk();
    },
  }, "Swap ends");

  // Dimensions, from the code of the current sentence.
  const decoded = quotation();
  const nearby = h("p", { class: "hint" });
  const wrongCode = mistake();
  let code = [], moved;
  const decode = latest("decode", wrongCode, async () => {
    const answer = await ask("decode", { code });
    decoded.replaceChildren(answer.text || h("span", { class: "empty" }, "nothing"));
    nearby.textContent = `Nearest test sentence: ${map.text(answer.nearest.index)}`;
    moved = answer.place;
    drawPanel("dimensions", { codes: [moved] });
  });
  const sliders = run.dimensions.slice(0, Sliders).map(dimension => ({
    dimension,
    ...range(`z${dimension.index + 1}`, {
      min: -dimension.range, max: dimension.range, step: 0.05, value: 0, note: `KL ${fixed(dimension.kl)}`,
    }, value => { code[dimension.index] = value; decode(); }),
  }));
  const reset = () => {
    if (!current) return;
    code = [...current.mean];
    sliders.forEach(({ dimension, set }) => set(code[dimension.index]));
    return decode();
  };

  // Samples.
  const drawn = samples(run, { drawn: places => drawPanel("samples", { codes: places }), emphasise: map.emphasise });

  // Attributes.
  const withWords = input({ value: "?", oninput: () => add() });
  const withoutWords = input({ value: ".", oninput: () => add() });
  const wrongAttribute = mistake();
  const counts = h("p", { class: "hint" });
  const changed = h("div", {});
  let strength = 2, sets = {};
  const add = latest("attribute", wrongAttribute, async () => {
    if (!withWords.value.trim()) return;
    const answer = await ask("attribute", { text: text.value, with: withWords.value, without: withoutWords.value, strength });
    const others = withoutWords.value.trim() ? answer.without.length : sentences.texts.length - answer.with.length;
    counts.replaceChildren(
      h("span", { class: "key" }, h("i", { class: "set-from" }), `${answer.with.length} sentences with`), " − ",
      h("span", { class: "key" }, h("i", { class: "set-to" }), `${others} without`), `; the difference has length ${fixed(answer.length)}`);
    const { texts, places } = answer.path;
    const multiples = texts.map((_, i) => -strength + 2 * strength * i / (texts.length - 1));
    changed.replaceChildren(strip(texts, multiples.map(value => (value > 0 ? "+" : "") + fixed(value, 1))));
    sets = { from: answer.with, to: answer.without, codes: places, line: true };
    drawPanel("attributes", sets);
  });
  const power = range("Strength", { min: 0.5, max: 5, step: 0.5, value: strength, digits: 1 }, value => { strength = value; add(); });
  const presets = h("div", { class: "presets" }, Presets.map(([a, b]) => h("button", {
    type: "button", onclick: () => {
      [withWords.value, withoutWords.value] = [a, b];
      add();
    },
  }, b ? `${a} − ${b}` : `${a} − others`)));

  const bases = [];
  const base = () => bases[bases.push(h("p", { class: "base" })) - 1];
  const panels = tabs("Questions", [
    {
      name: "sentence", title: "Sentence", shown: () => redraw(),
      content: [
        field("A sentence of yours, or one of the map", text), tokens, wrongSentence,
        h("h3", {}, "It reads back as"), reconstruction, terms, chart.element, h("h3", {}, "Nearest test sentences"), neighbours,
        attention && h("div", {}, h("h3", {}, "Attention of the decoder"), attention.element),
      ],
    },
    {
      name: "path", title: "Path", shown: () => { drawPanel("path", { codes: walked, line: true }); walk(); },
      content: [field("From", from), field("To", to), h("div", { class: "row" }, round, swap), wrongPath, way],
    },
    {
      name: "dimensions", title: "Dimensions", shown: () => reset(),
      content: [
        base(), decoded, nearby, wrongCode, h("div", { class: "sliders" }, sliders.map(slider => slider.element)),
        h("button", { type: "button", class: "act", onclick: () => reset() }, "Back to the sentence"),
      ],
    },
    {
      name: "samples", title: "Samples", shown: () => drawn.update(), content: drawn.element,
    },
    {
      name: "attributes", title: "Attributes", shown: () => add(),
      content: [
        base(), h("div", { class: "pair" }, field("Add sentences with", withWords), field("minus those with", withoutWords)), presets,
        power.element, counts, wrongAttribute, changed,
        h("p", { class: "hint" }, "Words, marks or label:name; the second may be empty for all others."),
      ],
    },
  ]);

  const drawPanel = (name, overlay) => { if (panels.current === name) map.draw({ current: current?.place, ...overlay }); };
  const redraw = () => {
    drawPanel("sentence", { near: near.map(({ index }) => index) });
    const again = { path: walk, dimensions: reset, samples: drawn.update, attributes: add }[panels.current];
    again?.();
  };

  main.className = "columns";
  main.append(map.element, panels.element);
  panels.show("sentence");
  const first = Math.max(0, sentences.lengths.findIndex(length => length >= 6 && length <= 10));
  const [x, y] = sentences.places[first];
  const far = sentences.places.map((place, i) => Math.hypot(place[0] - x, place[1] - y) * (sentences.lengths[i] >= 6 ? 1 : 0.5));
  to.value = map.text(far.indexOf(Math.max(...far)));
  await read(map.text(first), first);
}
