// Draws every figure of the page. Each has its JSON in a script element, named by the figure or standing before it: data, a wide and a
// narrow layout, and the colours of the dark scheme for those of the light one. A figure that was stored in a notebook has neither
// narrow layout nor dark colours; its layout is fitted, and the page holds the colours of the themes.
(() => {
  "use strict";
  const dark = matchMedia("(prefers-color-scheme: dark)");
  const narrowBelow = 560;
  const paperWidth = 640;
  const themes = document.getElementById("dark-colors");
  const sharedDark = themes ? JSON.parse(themes.textContent) : {};
  let printing = false;

  // Few numbers, but every name.
  const fewTicks = axis => ({ ...axis, ...axis?.type === "category" ? { dtick: 1 } : { nticks: 6 } });

  // Panels beside each other come to stand below each other; two stay in a row where panels share the axis at the left.
  const stacked = layout => {
    const panels = Object.keys(layout).filter(key => /^xaxis\d*$/.test(key)).map(key => key.slice(5));
    const columns = new Set(panels.map(panel => layout["xaxis" + panel].domain?.[0])).size;
    if (columns < 2) return layout;
    const across = columns > 2 && panels.some(panel => layout["yaxis" + panel].showticklabels === false) ? 2 : 1;
    const rows = Math.ceil(panels.length / across);
    const inner = rows * 200 + (rows - 1) * 84;
    const [wide, tall] = [across > 1 ? 0.47 : 1, 200 / inner];
    const { t = 60, b = 48 } = layout.margin ?? {};
    const result = { ...layout, height: inner + t + b, annotations: [...layout.annotations ?? []] };
    panels.forEach((panel, i) => {
      const [left, top] = [i % across * (1 - wide), 1 - Math.floor(i / across) * 284 / inner];
      const [x, y] = [layout["xaxis" + panel], layout["yaxis" + panel]];
      const title = result.annotations.findIndex(
        a => a.xref === "paper" && a.yref === "paper" && a.x === x.domain[0] && a.y === y.domain[1]);
      if (title >= 0) result.annotations[title] = { ...result.annotations[title], x: left, y: top };
      result["xaxis" + panel] = { ...fewTicks(x), domain: [left, left + wide] };
      result["yaxis" + panel] = { ...y, domain: [top - tall, top], ...left === 0 && { showticklabels: true } };
    });
    return result;
  };

  // A long title takes two lines or more, and the legend, which may, goes below the axis.
  const fitted = layout => {
    const text = layout.title?.text ?? "";
    const title = text.length > 44 ? text.replace(/(.{20,40})\s/g, "$1<br>") : text;
    const moved = layout.showlegend && !layout.sliders;
    const { t = 60, b = 48 } = layout.margin ?? {};
    const margin = { ...layout.margin, l: 44, r: 10, b, t: t - (moved ? 20 : 0) + 18 * (title.split("<br>").length - 1) };
    return {
      ...layout,
      margin,
      font: { ...layout.font, size: 11 },
      title: layout.title && { ...layout.title, text: title, xref: "container", font: { ...layout.title.font, size: 14 } },
      legend: moved ? { ...layout.legend, y: -60 / ((layout.height ?? 400) - margin.t - b), yanchor: "top" } : layout.legend,
      xaxis: fewTicks(layout.xaxis),
      dragmode: false,
      ...layout.sliders && { sliders: layout.sliders.map(slider => ({ ...slider, x: 0.3, len: 0.7 })) },
    };
  };

  // Where a unit is as long upwards as it is sideways and the page is narrow, a height made for a wide one would stay empty.
  const withoutEmptyHeight = async plot => {
    const { _size: place, xaxis, yaxis, xaxis2 } = plot._fullLayout;
    if (!yaxis?.scaleanchor || xaxis2) return;
    const length = axis => Math.abs(axis.range[1] - axis.range[0]);
    const spare = place.h - place.w * length(yaxis) / length(xaxis);
    if (spare < 2) return;
    const height = plot._fullLayout.height - Math.floor(spare);
    plot.style.height = `${height}px`;
    await Plotly.relayout(plot, { height });
  };

  const recolour = (node, map) => {
    if (typeof node === "string") return Object.hasOwn(map, node) ? map[node] : node;
    if (Array.isArray(node))
      return typeof node[0] === "number" && typeof node[1] === "number" ? node : node.map(item => recolour(item, map));
    if (node === null || typeof node !== "object") return node;
    return Object.fromEntries(Object.entries(node).map(([key, value]) =>
      [key, key === "x" || key === "y" || key === "text" || key === "hovertext" ? value : recolour(value, map)]));
  };

  const draw = async plot => {
    // In what is folded there is no width to draw to; opening it changes the page's height, and then it is drawn.
    if (!plot.clientWidth) return;
    const figure = plot.figure ??= JSON.parse((document.getElementById(plot.dataset.figure) ?? plot.previousElementSibling).textContent);
    const narrow = plot.clientWidth < narrowBelow;
    const inTheDark = dark.matches && !printing;
    const state = `${plot.clientWidth} ${inTheDark} ${printing}`;
    if (plot.dataset.state === state) return;
    plot.dataset.state = state;

    const fitting = narrow ? figure.narrow ?? fitted(stacked(figure.layout)) : figure.layout;
    const source = { data: figure.data, layout: fitting, frames: figure.frames };
    // Plotly writes into what it is given, so it gets a copy.
    const { data, layout, frames } = recolour(structuredClone(source), inTheDark ? figure.dark ?? sharedDark : {});
    // A sheet is narrower than the screen that the page was laid out for.
    if (printing) layout.width = paperWidth;
    plot.style.height = `${layout.height}px`;
    await Plotly.react(plot, { data, layout, frames, config: { ...figure.config, displayModeBar: narrow ? false : "hover" } });
    await withoutEmptyHeight(plot);
  };

  const plots = [...document.querySelectorAll(".plot")];
  const drawAll = async () => {
    for (const plot of plots) {
      await draw(plot);
      await new Promise(done => setTimeout(done));
    }
    document.documentElement.dataset.figures = "drawn";
  };

  let waiting = 0;
  new ResizeObserver(() => {
    clearTimeout(waiting);
    waiting = setTimeout(drawAll, 120);
  }).observe(document.body);
  dark.addEventListener("change", drawAll);
  addEventListener("beforeprint", () => { printing = true; plots.forEach(draw); });
  addEventListener("afterprint", () => { printing = false; drawAll(); });
  drawAll();

  // A click on a column head sorts the table by it; a second click turns the order round.
  for (const head of document.querySelectorAll("table.sortable th")) {
    head.querySelector("button").addEventListener("click", () => {
      const column = [...head.parentElement.children].indexOf(head);
      const up = head.getAttribute("aria-sort") !== "ascending";
      for (const other of head.parentElement.children) other.removeAttribute("aria-sort");
      head.setAttribute("aria-sort", up ? "ascending" : "descending");
      const body = head.closest("table").tBodies[0];
      const key = row => row.children[column].dataset.sort ?? row.children[column].textContent;
      const numeric = head.classList.contains("number");
      const compare = (a, b) => numeric ? Number(key(a)) - Number(key(b)) : key(a).localeCompare(key(b));
      body.append(...[...body.rows].sort((a, b) => up ? compare(a, b) : compare(b, a)));
    });
  }
})();
