"use strict";
const byId = id => document.getElementById(id);
const style = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec", "Year"];
const CONFIG = { responsive: true, displayModeBar: false };
const number = (value, digits = 2) => value.toLocaleString("en-US", { minimumFractionDigits: 0, maximumFractionDigits: digits });

function layout(more = {}) {
  const axis = { gridcolor: style("--grid"), linecolor: style("--line"), zerolinecolor: style("--line"), tickfont: { color: style("--soft") } };
  const base = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 64, r: 12, t: 8, b: 32 },
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: style("--ink") },
    hovermode: "x unified", hoverlabel: { bgcolor: style("--panel"), bordercolor: style("--line"), font: { color: style("--ink") } },
    legend: { orientation: "h", y: 1.08, x: 0, font: { color: style("--soft") } }, showlegend: false,
  };
  return { ...base, ...more, xaxis: { ...axis, type: "date", ...more.xaxis }, yaxis: { ...axis, automargin: true, ...more.yaxis } };
}

function draw(id, traces, more) {
  const element = byId(id);
  if (!traces.some(trace => (trace.x && trace.x.length) || (trace.z && trace.z.length))) {
    element.classList.add("empty");
    element.textContent = "Nothing to show for this run";
    return;
  }
  Plotly.react(element, traces, layout(more), CONFIG);
}

const line = (points, name, color, more = {}) => ({ x: points.x, y: points.y, name, type: "scattergl", mode: "lines", line: { color, width: 1.6 }, ...more });
const span = points => points.x.length > 1 ? points.x[points.x.length - 1] - points.x[0] : 0;

function equity() {
  const buttons = span(DATA.equity) > 120 * 864e5
    ? { rangeselector: { bgcolor: style("--panel"), activecolor: style("--line"), font: { color: style("--soft") }, x: 1, xanchor: "right", y: 1.06,
        buttons: [{ count: 3, label: "3m", step: "month", stepmode: "backward" }, { count: 1, label: "1y", step: "year", stepmode: "backward" }, { label: "all", step: "all" }] } }
    : {};
  const traces = [line(DATA.benchmark, "Benchmark", style("--second"), { line: { color: style("--second"), width: 1.3 } }),
    line(DATA.equity, "Strategy", style("--accent"), { type: "scatter", line: { color: style("--accent"), width: 2 } })];
  draw("equity", traces, { showlegend: true, xaxis: buttons, yaxis: { tickformat: "~s", hoverformat: ",.2f" } });
  byId("equity-note").textContent = DATA.benchmark.x.length ? "benchmark rebased to the same start" : "";
}

function drawdown() {
  draw("drawdown", [line(DATA.drawdown, "Drawdown", style("--down"), { type: "scatter", fill: "tozeroy", fillcolor: style("--down-fill") })],
    { yaxis: { ticksuffix: "%", rangemode: "tozero" } });
}

function monthly() {
  const { years, rows } = DATA.monthly;
  const largest = Math.max(1, ...rows.flatMap(row => row.slice(0, 12)).filter(v => v !== null).map(Math.abs));
  const dark = document.documentElement.dataset.theme === "dark";
  const scale = [[0, dark ? "#b0443b" : "#d9594c"], [.5, dark ? "#222c38" : "#f4f5f7"], [1, dark ? "#23875f" : "#2f9e75"]];
  const text = rows.map(row => row.map(v => v === null ? "" : v.toFixed(1)));
  const size = rows.length > 14 ? 9 : 11;
  draw("monthly", [{ type: "heatmap", x: MONTHS, y: years, z: rows, text, texttemplate: "%{text}", textfont: { size, color: style("--ink") }, zmin: -largest, zmax: largest,
    colorscale: scale, showscale: false, xgap: 2, ygap: 2, hovertemplate: "%{x} %{y}: %{z:.2f} %<extra></extra>" }],
    { hovermode: "closest", xaxis: { type: "category", side: "top", showgrid: false }, yaxis: { type: "category", autorange: "reversed", showgrid: false }, margin: { l: 48, r: 8, t: 28, b: 8 } });
}

function returns() {
  draw("returns", [{ type: "histogram", x: DATA.returns, marker: { color: style("--accent") }, nbinsx: 60, hovertemplate: "%{x} %: %{y} days<extra></extra>" }],
    { hovermode: "closest", bargap: .06, xaxis: { type: "linear", ticksuffix: "%" }, yaxis: { title: { text: "days", font: { color: style("--soft") } } } });
}

function exposure() {
  const colors = [style("--accent"), style("--down"), style("--up"), style("--second")];
  draw("exposure", Object.entries(DATA.exposure).map(([name, points], i) => line(points, name, colors[i % 4], { type: "scatter", line: { color: colors[i % 4], width: 1.2, shape: "hv" }, fill: "tozeroy" })),
    { showlegend: true, yaxis: { ticksuffix: "%" } });
}

function sharpe() {
  byId("sharpe-note").textContent = DATA.rollingSharpe.x.length ? `${DATA.rollingSharpe.window} days` : "";
  draw("sharpe", [line(DATA.rollingSharpe, "Sharpe ratio", style("--accent"), { type: "scatter" })], { yaxis: { zeroline: true, zerolinecolor: style("--second") } });
}

function trades() {
  const panel = DATA.prices[byId("symbol").selectedIndex];
  if (!panel) { byId("trades-panel").hidden = true; return; }
  const marks = (points, name, symbol, color) => ({ x: points.x, y: points.y, customdata: points.quantity, name, type: "scatter", mode: "markers",
    marker: { symbol, size: 9, color, line: { color: style("--panel"), width: 1 } }, hovertemplate: `${name} %{customdata} at %{y}<extra></extra>` });
  draw("trades", [line(panel.price, panel.symbol, style("--second"), { type: "scatter" }), marks(panel.buys, "Buy", "triangle-up", style("--up")), marks(panel.sells, "Sell", "triangle-down", style("--down"))],
    { showlegend: true, hovermode: "closest" });
}

function userCharts() {
  const palette = [style("--accent"), "#d9822b", style("--up"), "#8f5bd6", style("--down"), "#1c93a3", style("--second")];
  DATA.userCharts.forEach((chart, index) => {
    const id = `user-${index}`;
    if (!byId(id)) {
      const section = document.createElement("section");
      section.className = "panel";
      const heading = document.createElement("h2");
      heading.textContent = chart.name;
      const plot = document.createElement("div");
      plot.id = id;
      plot.className = "chart";
      section.append(heading, plot);
      byId("user-charts").append(section);
    }
    const traces = chart.series.map((series, i) => {
      const color = palette[i % palette.length];
      if (series.kind === "candle") return { type: "candlestick", name: series.name, x: series.x, open: series.open, high: series.high, low: series.low, close: series.close };
      if (series.kind === "bar") return { type: "bar", name: series.name, x: series.x, y: series.y, marker: { color } };
      return line(series, series.name, color, series.kind === "scatter" ? { mode: "markers", marker: { color, size: 6 } } : {});
    });
    draw(id, traces, { showlegend: true, xaxis: { rangeslider: { visible: false } } });
  });
}

function words() {
  byId("title").textContent = DATA.title;
  byId("period").textContent = [DATA.start && `${DATA.start} to ${DATA.end}`, DATA.currency, DATA.state.Status].filter(Boolean).join("  ·  ");
  const failure = DATA.state.RuntimeError;
  byId("error").hidden = !failure;
  byId("error").textContent = failure || "";
  byId("missing").hidden = !DATA.missing.length;
  for (const text of DATA.missing) {
    const item = document.createElement("li");
    item.textContent = text;
    byId("missing").querySelector("ul").append(item);
  }
  const cards = ["Net Profit", "Compounding Annual Return", "Sharpe Ratio", "Sortino Ratio", "Drawdown", "Win Rate", "Profit-Loss Ratio", "Total Orders", "Total Fees", "End Equity"];
  for (const name of cards) {
    const value = DATA.statistics[name];
    if (value === undefined) continue;
    const card = document.createElement("div");
    card.className = "card";
    const figure = document.createElement("b");
    figure.textContent = value;
    if (["Net Profit", "Compounding Annual Return"].includes(name)) figure.className = parseFloat(value) < 0 ? "down" : "up";
    const label = document.createElement("span");
    label.textContent = name;
    card.append(figure, label);
    byId("cards").append(card);
  }
  for (const [name, value] of Object.entries(DATA.statistics)) {
    const row = document.createElement("div");
    for (const text of [name, value]) { const cell = document.createElement("span"); cell.textContent = text; row.append(cell); }
    byId("statistics").append(row);
  }
  byId("footer").textContent = `${DATA.engine}${DATA.state.EndTime ? "  ·  " + DATA.state.EndTime.replace("T", " ").replace("Z", " UTC") : ""}`;
  DATA.prices.forEach(panel => byId("symbol").add(new Option(panel.symbol)));
}

function orders() {
  const wanted = byId("filter").value.trim().toLowerCase();
  const rows = DATA.orders.filter(row => !wanted || row.join(" ").toLowerCase().includes(wanted));
  const body = document.createElement("tbody");
  for (const [id, time, symbol, kind, quantity, price, value, state, tag] of rows.slice(0, 2000)) {
    const row = body.insertRow();
    [id, (time || "").replace("T", " ").replace("Z", ""), symbol, kind, number(quantity, 8), price ? number(price, 6) : "", price ? number(value) : "", state, tag].forEach((text, i) => {
      const cell = row.insertCell();
      cell.textContent = text;
      if (i === 4) cell.className = quantity < 0 ? "down" : "up";
      if (i === 8) cell.title = tag;
    });
  }
  byId("orders").tBodies[0].replaceWith(body);
  byId("orders-note").textContent = `${number(Math.min(rows.length, 2000))} of ${number(DATA.orderCount)}`;
}

function paint() { equity(); drawdown(); monthly(); returns(); exposure(); sharpe(); trades(); userCharts(); }

function setTheme(theme) { document.documentElement.dataset.theme = theme; }
setTheme(matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
words();
orders();
paint();
byId("theme").addEventListener("click", () => { setTheme(document.documentElement.dataset.theme === "dark" ? "light" : "dark"); paint(); });
byId("symbol").addEventListener("change", trades);
byId("filter").addEventListener("input", orders);
