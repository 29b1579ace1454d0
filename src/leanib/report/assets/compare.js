// Two runs beside each other.
begin(data => {
  const [one, other] = data.names;
  byId("title").textContent = `${one} and ${other}`;
  byId("verdict").textContent = data.verdict;
  byId("orders").textContent = data.orders.join("\n");
  byId("footer").textContent = ENGINE;
  statistics(data);
  const times = data.curves.flatMap(curve => [curve.x[0], curve.x.at(-1)]).filter(time => time !== undefined);
  if (!times.length) { byId("panels").textContent = "Neither run has an equity curve"; return; }
  const span = [Math.min(...times), Math.max(...times)];
  const panels = new LinkedPanels(byId("panels"), [], span, range => { byId("chart-note").textContent = `${day(range[0])} to ${day(range[1])} (UTC)`; });
  const paint = () => panels.set([equityOfBoth(data), gapPanel(data)]);
  themeButton(paint);
  paint();
});

const colorsOfBoth = () => [css("--accent"), "#d9822b"];

function equityOfBoth(data) {
  return { title: "Equity", height: 260, legend: data.names.map((name, i) => [name, colorsOfBoth()[i]]),
    traces: (from, to, most) => data.curves.map((curve, i) => lineTrace(curve, data.names[i], colorsOfBoth()[i], from, to, most, i ? { line: { color: colorsOfBoth()[i], width: 1.6, dash: "dot" } } : {})) };
}

function gapPanel(data) {
  return { title: `How far ${data.names[1]} lies above ${data.names[0]}, at common times`, height: 100, suffix: " %", zero: true, hover: ",.5~f",
    traces: (from, to, most) => [lineTrace(data.gap, "difference", css("--down"), from, to, most, { fill: "tozeroy", fillcolor: css("--down-fill"), line: { color: css("--down"), width: 1.2 } })] };
}

function statistics(data) {
  const differing = data.rows.filter(row => row[3]).length;
  byId("statistics-note").textContent = differing ? `${differing} of ${data.rows.length} differ` : "all the same";
  byId("statistics").replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, element("th", { scope: "col" }, ""), ...data.names.map(name => element("th", { scope: "col", class: "right" }, name)), element("th", { scope: "col" }, ""))),
    element("tbody", {}, ...data.rows.map(([name, left, right, differs]) => element("tr", { class: differs ? "differs" : "" },
      element("th", { scope: "row" }, name), element("td", { class: "right" }, left ?? "-"), element("td", { class: "right" }, right ?? "-"), element("td", {}, differs ? "differs" : ""))))));
}
