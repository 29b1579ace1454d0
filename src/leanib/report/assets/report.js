// The report of one run.
begin(data => {
  words(data);
  const span = [data.equity.x[0] ?? 0, data.equity.x.at(-1) ?? 1];
  const overview = new LinkedPanels(byId("panels"), [], span, range => { byId("chart-note").textContent = `${day(range[0])} to ${day(range[1])}`; });
  const rolling = new LinkedPanels(byId("rolling"), [], [data.rolling.x[0] ?? 0, data.rolling.x.at(-1) ?? 1], () => {});
  const symbol = () => byId("symbol").value;
  const painters = {
    overview: () => { if (data.equity.x.length) overview.set(overviewPanels(data, symbol())); else nothing(byId("panels")); },
    returns: () => {
      byId("monthly").replaceChildren(monthlyTable(data));
      byId("drawdowns").replaceChildren(drawdownTable(data));
      histogram("daily-returns", data.returns, "days");
      histogram("month-distribution", data.months, "months");
      if (data.rolling.x.length) rolling.set(rollingPanels(data)); else nothing(byId("rolling"));
      byId("rolling-note").textContent = data.rolling.x.length ? `over ${data.rolling.window} days` : "";
    },
  };
  let shown = "overview";
  data.prices.forEach(item => byId("symbol").add(new Option(item.symbol)));
  byId("symbol-label").hidden = !data.prices.length;
  byId("symbol").addEventListener("change", painters.overview);
  for (const [name, length] of [...spans(data), ["all", 0]]) {
    const button = element("button", { type: "button" }, name);
    button.addEventListener("click", () => length ? overview.zoom(span[1] - length, span[1]) : overview.reset());
    byId("zoom").append(button);
  }
  const select = tabs(name => { shown = name; painters[name]?.(); });
  const toChart = trade => {
    if ([...byId("symbol").options].some(option => option.value === trade[0])) byId("symbol").value = trade[0];
    const room = Math.max((trade[5] - trade[3]) * .6, 36e5);
    select("overview");
    overview.zoom(trade[3] - room, trade[5] + room);
    byId("panels").scrollIntoView({ block: "nearest" });
  };
  sortableTable(byId("trades-table"), tradeColumns(data.currency), data.trades, { filter: byId("trades-filter"), note: byId("trades-note"), open: toChart, csv: byId("trades-csv"), name: "trades.csv" });
  sortableTable(byId("orders-table"), orderColumns(data.currency), data.orders, { filter: byId("orders-filter"), note: byId("orders-note"), total: data.orderCount, csv: byId("orders-csv"), name: "orders.csv",
    open: (row, line) => toggleEvents(data.events, row, line) });
  log(data);
  code(data);
  missing(data);
  themeButton(() => painters[shown]?.());
});

function nothing(host) {
  host.classList.add("empty");
  host.textContent = "Nothing to show for this run";
}

function words(data) {
  byId("title").textContent = data.title;
  byId("period").textContent = [data.start && `${data.start} to ${data.end}`, data.currency, data.timeZone && `times of ${data.timeZone}`, data.state.Status].filter(Boolean).join("  ·  ");
  const failure = data.state.RuntimeError;
  byId("error").hidden = !failure;
  byId("error").textContent = failure || "";
  const notes = [...data.dataNotes];
  if (data.equity.x.length && !data.benchmark.x.length) notes.push(`${data.benchmarkName || "The benchmark"} has no prices in this run: alpha, beta, Treynor and information ratio say nothing.`);
  byId("notes").hidden = !notes.length;
  byId("notes").append(...notes.map(note => element("p", {}, note)));
  const cards = ["Net Profit", "Compounding Annual Return", "Sharpe Ratio", "Sortino Ratio", "Drawdown", "Win Rate", "Profit-Loss Ratio", "Total Orders", "Total Fees", "End Equity"];
  for (const name of cards) {
    const value = data.statistics[name];
    if (value === undefined) continue;
    const tone = ["Net Profit", "Compounding Annual Return"].includes(name) ? parseFloat(value) < 0 ? "down" : "up" : "";
    byId("cards").append(element("div", { class: "card" }, element("b", { class: tone }, value), element("span", {}, name)));
  }
  byId("statistics").append(...Object.entries(data.statistics).map(([name, value]) => element("div", {}, element("span", {}, name), element("span", {}, value))));
  byId("footer").textContent = `${ENGINE}${data.state.EndTime ? `  ·  ${data.state.EndTime.replace("T", " ").replace("Z", " UTC")}` : ""}`;
}

function log(data) {
  const show = () => {
    const wanted = byId("log-filter").value.trim().toLowerCase();
    const lines = wanted ? data.log.filter(line => line.toLowerCase().includes(wanted)) : data.log;
    byId("log-lines").textContent = lines.join("\n") || "The algorithm said nothing";
    byId("log-note").textContent = `${number(lines.length)} lines${data.logOmitted ? `, the last of ${number(data.logOmitted + data.log.length)}` : ""}`;
  };
  byId("log-filter").addEventListener("input", show);
  show();
}

function code(data) {
  const rows = Object.entries(data.parameters);
  byId("parameters").replaceChildren(rows.length
    ? element("table", { class: "narrow" }, element("tbody", {}, ...rows.map(([name, value]) => element("tr", {}, element("th", { scope: "row" }, name), element("td", {}, value)))))
    : "The algorithm has no parameters");
  byId("files").replaceChildren(...(data.code.length ? data.code.map(file => element("section", { class: "panel" },
    element("h2", {}, file.name, element("span", { class: "note hash" }, `sha256 ${file.sha256}`)), element("pre", { class: "scroll", tabindex: "0", "aria-label": file.name }, file.text)))
    : [element("section", { class: "panel" }, element("h2", {}, "Code"), "The code of this run was not kept beside its results")]));
}

function missing(data) {
  byId("missing-note").textContent = data.missingCount ? `${number(data.missingCount)} files` : "";
  const shown = data.missing.length < data.missingCount ? `\n... and ${number(data.missingCount - data.missing.length)} more in failed-data-requests-*.txt` : "";
  byId("missing").replaceChildren(data.missingCount ? element("pre", { class: "scroll", tabindex: "0", "aria-label": "Files" }, data.missing.join("\n") + shown)
    : "Everything that was asked for was there, or the run does not tell");
}
