// A run while it goes on: a card for each member, asked for every second; at its end the report takes the page's place.
import { ask, fixed, h, s } from "./dom.js";

const [name, about, progress, main] = ["name", "about", "progress", "main"].map(id => document.getElementById(id));
const Wide = 340, High = 110, Left = 40;

const states = { waiting: "waiting", begun: "begins", done: "done" };
const state = member => states[member.state] ?? `epoch ${member.epoch}${member.epochs ? ` of ${member.epochs}` : ""}`;

// Reconstruction, and the KL where there is one, by step.
function curves({ step, reconstruction, kl }) {
  if (step.length < 2) return null;
  const series = [reconstruction, ...kl.length > 0 ? [kl] : []].map(values => values.map(Number));
  const shown = series.flat().filter(Number.isFinite).sort((a, b) => a - b);
  // The first steps would flatten the others.
  const top = Math.max(shown[Math.floor(shown.length * 0.98)], 1e-6);
  const x = value => Left + (value - step[0]) / (step.at(-1) - step[0]) * (Wide - Left);
  const y = value => High - 20 - Math.min(1, value / top) * (High - 30);
  const line = (values, style) =>
    s("polyline", { class: style, points: values.map((value, i) => `${x(step[i]).toFixed(1)},${y(value).toFixed(1)}`).join(" ") });
  return s("svg", { viewBox: `0 0 ${Wide} ${High}`, role: "img", "aria-label": "reconstruction and KL by step" },
    s("line", { class: "base", x1: Left, x2: Wide, y1: y(0), y2: y(0) }),
    s("text", { x: Left - 6, y: y(0) + 4, "text-anchor": "end" }, "0"),
    s("text", { x: Left - 6, y: y(top) + 4, "text-anchor": "end" }, fixed(top, 0)),
    s("text", { x: Wide, y: High - 4, "text-anchor": "end" }, `step ${Math.round(step.at(-1)).toLocaleString("en")}`),
    line(series[0], "first"), series[1] && line(series[1], "second"));
}

const terms = [["reconstruction", "reconstruction"], ["kl", "KL"], ["negativeElbo", "−ELBO"], ["mutualInformation", "MI"]];

function card(member) {
  const measured = member.measured ?? {};
  return h("article", { class: `member ${member.state}` },
    h("h2", {}, member.name, h("span", { class: "state" }, state(member))), curves(member),
    h("dl", { class: "terms" },
      terms.filter(([key]) => key in measured).map(([key, title]) => h("div", {}, h("dt", {}, title), h("dd", {}, fixed(measured[key]))))),
    member.samples.length > 0 && h("ul", {}, member.samples.map(text => h("li", {}, text || "–"))));
}

const cards = new Map();
function show(run) {
  name.textContent = run.title;
  document.title = `${run.title} – textvae run`;
  const done = run.members.filter(member => member.state === "done").length;
  const part = run.members.reduce((sum, member) =>
    sum + (member.state === "done" ? 1 : member.epochs ? 0.95 * Math.max(0, member.epoch - 0.5) / member.epochs : 0), 0);
  progress.style.setProperty("--w", part / run.members.length);
  about.textContent = `${run.about} ${done} of ${run.members.length} members are done.`.trim();
  for (const member of run.members) {
    const text = JSON.stringify(member);
    const known = cards.get(member.name);
    if (known?.text === text) continue;
    const element = card(member);
    if (known) known.element.replaceWith(element);
    else main.append(element);
    cards.set(member.name, { text, element });
  }
}

for (;;) {
  try {
    const { run, ended, hasReport } = await ask("state");
    if (run) show(run);
    if (ended && hasReport) {
      location.replace("report");
      break;
    }
    if (ended) {
      about.textContent += " The run has ended without a report.";
      break;
    }
  } catch (error) {
    about.textContent = error.message;
    break;
  }
  await new Promise(resolve => setTimeout(resolve, 1000));
}
