// A sentence's posterior: the KL of each dimension as bars, mean and standard deviation below them against the prior.
import { fixed, h, s, whenSized } from "./dom.js";

const Most = 64;
const Left = 34, Right = 6, Bars = 92, Gap = 26, Codes = 92, Foot = 18;

export function posteriorChart(run) {
  const dimensions = run.dimensions.slice(0, Most);
  const svg = s("svg", {
    class: "posterior", tabindex: 0, role: "img", height: Bars + Gap + Codes + Foot + 16,
    "aria-label": "KL per dimension, and mean and standard deviation of the posterior. Left and right arrows go from one to the next.",
  });
  const readout = h("p", { class: "readout", "aria-live": "polite" });
  let answer, width = 0, at = -1;

  const place = i => Left + (i + 0.5) * (width - Left - Right) / dimensions.length;

  function draw() {
    if (!answer || !width) return;
    svg.setAttribute("viewBox", `0 0 ${width} ${svg.getAttribute("height")}`);
    const step = (width - Left - Right) / dimensions.length;
    const top = Math.max(0.1, ...dimensions.map(({ index, kl }) => Math.max(answer.kl[index], kl)));
    const reach = Math.max(2, ...dimensions.map(({ index }) => Math.abs(answer.mean[index]) + answer.deviation[index]));
    const bars = value => 16 + Bars * (1 - value / top);
    const middle = 16 + Bars + Gap + Codes / 2;
    const codes = value => middle - value * Codes / 2 / reach;
    const axis = (y, text) => s("text", { class: "axis", x: Left - 6, y: y + 3.5, "text-anchor": "end" }, text);
    const thin = Math.max(1, Math.ceil(18 / step));
    svg.replaceChildren(
      s("text", { class: "title", x: Left, y: 9 }, "KL per dimension, nats"), axis(bars(0), "0"), axis(bars(top), fixed(top, 1)),
      s("line", { class: "base", x1: Left, x2: width - Right, y1: bars(0), y2: bars(0) }),
      s("text", { class: "title", x: Left, y: 16 + Bars + Gap - 7 }, "mean ± standard deviation; shaded: the prior's"),
      s("rect", { class: "prior", x: Left, width: width - Left - Right, y: codes(1), height: codes(-1) - codes(1) }),
      s("line", { class: "base", x1: Left, x2: width - Right, y1: middle, y2: middle }),
      axis(middle, "0"), axis(codes(reach), fixed(reach, 1)), axis(codes(-reach), fixed(-reach, 1)),
      ...dimensions.map(({ index, kl }, i) => {
        const [x, own] = [place(i), answer.kl[index]];
        const [mean, deviation] = [answer.mean[index], answer.deviation[index]];
        return s("g", { class: "dimension", "data-dimension": index },
          s("rect", { class: "hit", x: x - step / 2, width: step, y: 0, height: svg.getAttribute("height") }),
          s("rect", { class: "bar", x: x - step * 0.36, width: step * 0.72, y: bars(own), height: Math.max(0.5, bars(0) - bars(own)) }),
          s("line", { class: "usual", x1: x - step * 0.46, x2: x + step * 0.46, y1: bars(kl), y2: bars(kl) }),
          s("line", { class: "spread", x1: x, x2: x, y1: codes(mean + deviation), y2: codes(mean - deviation) }),
          s("circle", { class: "mean", cx: x, cy: codes(mean), r: Math.min(3, step * 0.3) }),
          i % thin === 0 && s("text", { class: "axis", x, y: 16 + Bars + Gap + Codes + Foot, "text-anchor": "middle" }, index + 1));
      }));
    point(at);
  }

  function point(i) {
    at = i;
    svg.querySelectorAll(".dimension").forEach((group, own) => group.classList.toggle("at", own === i));
    if (i < 0) {
      readout.textContent = dimensions.length < run.latent
        ? `The ${Most} dimensions of ${run.latent} that carry most; the line on each bar is the mean over the test sentences.`
        : "Most informative first; the line on each bar is the mean over the test sentences.";
      return;
    }
    const { index, kl } = dimensions[i];
    readout.textContent = `Dimension ${index + 1}: mean ${fixed(answer.mean[index])}, `
      + `standard deviation ${fixed(answer.deviation[index])}, KL ${fixed(answer.kl[index])} nats (${fixed(kl)} on average)`;
  }

  const under = event => Math.max(0, Math.min(dimensions.length - 1,
    Math.floor((event.clientX - svg.getBoundingClientRect().left - Left) / ((width - Left - Right) / dimensions.length))));
  svg.addEventListener("pointermove", event => answer && point(under(event)));
  svg.addEventListener("pointerleave", () => answer && point(-1));
  svg.addEventListener("blur", () => answer && point(-1));
  svg.addEventListener("keydown", event => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step || !answer) return;
    event.preventDefault();
    point(Math.max(0, Math.min(dimensions.length - 1, at + step)));
  });
  const element = h("div", { class: "chart" }, svg, readout);
  whenSized(element, now => { width = now; draw(); });
  return { element, show(next) { answer = next; draw(); } };
}
