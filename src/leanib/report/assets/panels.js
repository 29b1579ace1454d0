// The panels of the overview: equity, drawdown, the price of one security with its trades, what the algorithm plotted, exposure.
const TIED = 400;

function lineTrace(points, name, color, from, to, most, more = {}) {
  const seen = thinned(points, from, to, most);
  return { type: "scatter", mode: "lines", name, x: seen.x, y: seen.y, line: { color, width: 1.7 }, hovertemplate: `${hoverText(name)} %{y}<extra></extra>`, ...more };
}

const hoverText = text => String(text).replace(/[&<>%{}]/g, c => `&#${c.charCodeAt(0)};`);

function equityPanel(data) {
  const legend = [["Strategy", css("--accent")]];
  if (data.benchmark.x.length) legend.push([`${data.benchmarkName || "Benchmark"}, from the same start`, css("--second")]);
  return { title: `Equity (${data.currency})`, height: 230, legend, hover: ",.2f",
    traces: (from, to, most) => [
      ...(data.benchmark.x.length ? [lineTrace(data.benchmark, data.benchmarkName || "Benchmark", css("--second"), from, to, most, { line: { color: css("--second"), width: 1.2 } })] : []),
      lineTrace(data.equity, "Strategy", css("--accent"), from, to, most, { line: { color: css("--accent"), width: 2 } })] };
}

function drawdownPanel(data) {
  return { title: "Drawdown", height: 90, suffix: " %", zero: true,
    traces: (from, to, most) => [lineTrace(data.drawdown, "Drawdown", css("--down"), from, to, most, { fill: "tozeroy", fillcolor: css("--down-fill"), line: { color: css("--down"), width: 1.3 } })] };
}

function exposurePanel(data) {
  const colors = { Long: css("--accent"), Short: css("--down") };
  const sides = Object.entries(data.exposure);
  return { title: "Exposure, of the portfolio", height: 80, suffix: " %", zero: true, legend: sides.map(([name]) => [name, colors[name]]),
    traces: (from, to, most) => sides.map(([name, points]) => lineTrace(points, name, colors[name], from, to, most, { fill: "tozeroy", line: { color: colors[name], width: 1, shape: "hv" } })) };
}

function pricePanel(data, symbol) {
  const found = data.prices.find(item => item.symbol === symbol);
  const trades = data.trades.filter(trade => trade[0] === symbol);
  const orders = data.orders.filter(order => order[2] === symbol && order[7].endsWith("Filled"));
  return { title: symbol, height: 250, hover: ",.4~f", legend: [["bought", css("--up")], ["sold", css("--down")]],
    traces: (from, to, most) => [priceTrace(found, from, to, most), ...tied(trades, from, to), ...marks(orders, from, to)] };
}

function priceTrace(found, from, to, most) {
  if (found.line) return lineTrace(found.line, found.symbol, css("--second"), from, to, most, { line: { color: css("--second"), width: 1.4 } });
  const seen = merged(found.candles, from, to, Math.max(Math.floor(most / 2.5), 60));
  const side = color => ({ line: { color, width: 1 }, fillcolor: color });
  return { type: "candlestick", name: found.symbol, ...seen, increasing: side(css("--rise")), decreasing: side(css("--fall")), hoverinfo: "x+y", whiskerwidth: 0 };
}

// An entry and its exit with a line between them, in the colour of what it earned.
function tied(trades, from, to) {
  const seen = trades.filter(trade => trade[5] >= from && trade[3] <= to);
  const path = (list, color) => {
    const x = [], y = [];
    for (const trade of list) { x.push(trade[3], trade[5], null); y.push(trade[4], trade[6], null); }
    return { type: "scatter", mode: "lines", x, y, line: { color, width: 1.5, dash: "dot" }, hoverinfo: "skip", fits: false };
  };
  if (seen.length > TIED) return [];
  const ends = { type: "scatter", mode: "markers", x: seen.map(trade => trade[5]), y: seen.map(trade => trade[6]), marker: { size: 14, color: "rgba(0,0,0,0)" }, fits: false,
    text: seen.map(trade => hoverText(`${trade[1]} ${number(trade[2], 4)} closed: ${number(trade[7], 2, 2)} (${number(trade[8], 2)} %)`)), hovertemplate: "%{text}<extra></extra>" };
  return [path(seen.filter(trade => trade[7] >= 0), css("--up")), path(seen.filter(trade => trade[7] < 0), css("--down")), ends];
}

function marks(orders, from, to) {
  const seen = orders.filter(order => order[1] >= from && order[1] <= to && order[5]);
  const one = (list, name, symbol, color) => ({ type: "scatter", mode: "markers", name, x: list.map(order => order[1]), y: list.map(order => order[5]), fits: list.length < 5000,
    text: list.map(order => hoverText(`${name} ${number(Math.abs(order[4]), 6)} at ${price(order[5])}${order[8] ? ` · ${order[8]}` : ""}`)),
    marker: { symbol, size: list.length > 300 ? 6 : 9, color, line: { color: css("--panel"), width: 1 } }, hovertemplate: "%{text}<extra></extra>" });
  return [one(seen.filter(order => order[4] > 0), "bought", "triangle-up", css("--up")), one(seen.filter(order => order[4] < 0), "sold", "triangle-down", css("--down"))];
}

function plotPanel(chart) {
  const palette = [css("--accent"), "#d9822b", css("--up"), "#8f5bd6", css("--down"), "#1c93a3", css("--second")];
  return { title: chart.name, height: 120, legend: chart.series.map((series, i) => [series.name, palette[i % palette.length]]),
    traces: (from, to, most) => chart.series.map((series, i) => {
      const color = palette[i % palette.length];
      if (series.kind === "candle") return { type: "candlestick", name: series.name, ...merged(series, from, to, Math.floor(most / 2.5)), increasing: { line: { color: css("--rise") } }, decreasing: { line: { color: css("--fall") } } };
      const seen = thinned(series, from, to, most);
      if (series.kind === "bar") return { type: "bar", name: series.name, x: seen.x, y: seen.y, marker: { color }, hovertemplate: `${hoverText(series.name)} %{y}<extra></extra>` };
      return lineTrace(series, series.name, color, from, to, most, series.kind === "scatter" ? { mode: "markers", marker: { color, size: 6 } } : {});
    }) };
}

function overviewPanels(data, symbol) {
  const panels = [equityPanel(data), drawdownPanel(data)];
  if (symbol) panels.push(pricePanel(data, symbol));
  panels.push(...data.userCharts.map(plotPanel));
  if (Object.keys(data.exposure).length) panels.push(exposurePanel(data));
  return panels;
}

function spans(data) {
  const total = data.equity.x.at(-1) - data.equity.x[0];
  return [["1 d", 864e5], ["1 w", 7 * 864e5], ["1 m", 30 * 864e5], ["3 m", 91 * 864e5], ["1 y", 365 * 864e5], ["3 y", 1095 * 864e5]].filter(([, length]) => length < total * .9).slice(-4);
}
