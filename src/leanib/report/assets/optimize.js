// A search of parameters: heat maps, what was held back, every point.
begin(data => {
  byId("title").textContent = data.title;
  byId("best").textContent = data.best ? `best: ${setText(data.best)}, ${data.targets[0].name} ${figure(bestValue(data))}` : "no point has a value";
  byId("warning").hidden = !data.warning;
  byId("warning").textContent = data.warning;
  byId("lines").replaceChildren(...data.lines.map(line => element("p", {}, line)));
  byId("footer").textContent = ENGINE;
  byId("maps").replaceChildren(...data.maps.map(map => mapPanel(data, map)));
  if (data.folds.length) showFolds(data);
  showPoints(data);
  themeButton(() => {});
});

const setText = set => Object.entries(set).map(pair => pair.join(" ")).join(", ");
const figure = value => value === null || value === undefined ? "none" : number(value, 4);
const isSame = (data, values, set) => !!set && data.names.every((name, i) => values[i] === set[name]);
const bestValue = data => data.rows.find(([values]) => isSame(data, values, data.best))?.[1]?.[0];

// Good is dark green and bad is red, whichever direction is good.
function mapPanel(data, map) {
  const known = map.cells.flat().filter(value => value !== null), low = Math.min(...known), high = Math.max(...known), middle = (low + high) / 2;
  const sign = data.targets[0].larger ? 1 : -1, best = sign > 0 ? high : low;
  const cell = (value, count) => {
    const made = element("td", { title: value === null ? "not tried" : `${number(value, 6)}${count > 1 ? `, the best of ${count}` : ""}` }, value === null ? "-" : number(value, 3));
    if (value !== null) made.style.background = heat(sign * (value - middle), (high - low) / 2 || 1);
    if (value === best) made.classList.add("year");
    return made;
  };
  const note = `${data.targets[0].name}${map.counts.flat().some(count => count > 1) ? ", the best in each cell" : ""}`;
  return element("section", { class: "panel" },
    element("h2", {}, map.down ? `${map.across} across, ${map.down} down` : map.across, element("span", { class: "note" }, note)),
    element("div", { class: "scroll-x", tabindex: 0, role: "region", "aria-label": `${map.across} ${map.down}` }, element("table", { class: "heat" },
      element("thead", {}, element("tr", {}, element("td"), ...map.columns.map(name => element("th", { scope: "col" }, name)))),
      element("tbody", {}, ...map.cells.map((row, i) => element("tr", {}, element("th", { scope: "row" }, map.rows[i] || data.targets[0].name), ...row.map((value, j) => cell(value, map.counts[i][j]))))))));
}

function showFolds(data) {
  byId("folds-panel").hidden = false;
  byId("folds-note").textContent = data.foldsNote;
  const heads = [["Chosen on", 0], ["Parameters", 0], [`${data.targets[0].name} there`, 1], ["Tried on", 0], [`${data.targets[0].name} there`, 1]];
  byId("folds").replaceChildren(element("table", {},
    element("thead", {}, element("tr", {}, ...heads.map(([name, right]) => element("th", { scope: "col", class: right ? "right" : "" }, name)))),
    element("tbody", {}, ...data.folds.map(fold => element("tr", {}, element("td", {}, fold.train), element("td", {}, fold.parameters ? setText(fold.parameters) : "none has a value"),
      element("td", { class: "right" }, figure(fold.seen)), element("td", {}, fold.test), element("td", { class: "right" }, figure(fold.unseen)))))));
}

function showPoints(data) {
  const columns = [
    ...data.names.map((name, i) => ({ name, right: true, text: row => row[0][i], value: row => Number(row[0][i]) })),
    ...data.targets.map((target, i) => ({ name: target.name, right: true, text: row => row[1] ? figure(row[1][i]) : "", value: row => row[1] ? row[1][i] : target.larger ? -Infinity : Infinity, raw: row => row[1]?.[i] ?? "" })),
    { name: "Note", text: row => [isSame(data, row[0], data.best) ? "best" : "", data.front.some(set => isSame(data, row[0], set)) ? "no other beats it in every target" : "", row[2]].filter(Boolean).join("; ") },
  ];
  sortableTable(byId("points"), columns, data.rows, { filter: byId("points-filter"), note: byId("points-note"), name: "points.csv", csv: byId("points-csv") });
}
