// Returns by the calendar, drawdowns, distributions, rolling figures.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Year"];

function heat(value, largest) {
  if (value === null) return "";
  const share = Math.min(Math.abs(value) / largest, 1) * 100;
  return `color-mix(in srgb, ${value < 0 ? "var(--heat-down)" : "var(--heat-up)"} ${Math.round(8 + share * .5)}%, transparent)`;
}

function monthlyTable(data) {
  const { years, rows } = data.monthly;
  if (!years.length) return "No month was traded";
  const largest = Math.max(1, ...rows.flatMap(row => row.slice(0, 12)).filter(value => value !== null).map(Math.abs));
  const cell = (value, last) => {
    const made = element("td", { class: last ? "year" : "" }, value === null ? "" : number(value, Math.abs(value) >= 100 ? 0 : 1, Math.abs(value) >= 100 ? 0 : 1));
    if (value !== null) { made.title = `${number(value, 3)} %`; if (!last) made.style.background = heat(value, largest); else made.classList.add(value < 0 ? "down" : "up"); }
    return made;
  };
  return element("table", { class: "heat" },
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, "Year"), ...MONTHS.map(month => element("th", { scope: "col" }, month === "Year" ? "All" : month)))),
    element("tbody", {}, ...rows.map((row, i) => element("tr", {}, element("th", { scope: "row" }, years[i]), ...row.map((value, j) => cell(value, j === 12))))));
}

function drawdownTable(data) {
  if (!data.drawdowns.length) return "The portfolio never closed a day below its highest value";
  const row = d => element("tr", {}, element("td", { class: "right down" }, percent(d.depth)), element("td", {}, d.from), element("td", {}, d.trough),
    element("td", {}, d.to ?? "not recovered"), element("td", { class: "right" }, number(d.days)));
  return element("table", { class: "narrow" },
    element("thead", {}, element("tr", {}, ...[["Depth", 1], ["From", 0], ["Lowest", 0], ["Recovered", 0], ["Days", 1]].map(([name, right]) => element("th", { scope: "col", class: right ? "right" : "" }, name)))),
    element("tbody", {}, ...data.drawdowns.map(row)));
}

function histogram(id, values, unit) {
  if (!values.length) { byId(id).classList.add("empty"); byId(id).textContent = "Nothing to show for this run"; return; }
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  Plotly.react(id, [{ type: "histogram", x: values, marker: { color: css("--accent") }, nbinsx: 50, hovertemplate: `%{x} %: %{y} ${unit}<extra></extra>` }],
    baseLayout({ bargap: .06, margin: { l: 48, r: 10, t: 8, b: 44 },
      shapes: [0, mean].map((x, i) => ({ type: "line", x0: x, x1: x, yref: "paper", y0: 0, y1: 1, line: { color: css(i ? "--up" : "--soft"), width: 1, dash: i ? "dash" : "solid" } })),
      xaxis: { ticksuffix: " %", title: { text: `mean ${number(mean, 3)} %`, font: { color: css("--soft"), size: 12 } } }, yaxis: { title: { text: unit, font: { color: css("--soft"), size: 12 } } } }), CONFIG);
}

function rollingPanels(data) {
  const found = data.rolling;
  const kinds = [["sharpe", "Sharpe ratio, without a risk-free rate", "", "--accent"], ["volatility", "Volatility a year", " %", "--second"], ["beta", `Beta to ${data.benchmarkName || "the benchmark"}`, "", "--up"]];
  return kinds.filter(([key]) => found[key]?.some(value => value !== null)).map(([key, title, suffix, color]) => ({ title, suffix, height: 110,
    traces: (from, to, most) => [lineTrace({ x: found.x, y: found[key] }, title, css(color), from, to, most)] }));
}
