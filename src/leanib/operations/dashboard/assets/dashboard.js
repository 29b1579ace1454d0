// Puts the sections where they belong.
const SECTIONS = ["now", "connection", "account", "positions", "orders", "fills", "quotes", "limits", "equity", "history", "incidents", "gateway", "lean", "runs", "monitor", "trouble"];
const THEME = "leanib-theme";

document.documentElement.dataset.theme = localStorage.getItem(THEME) ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");

const history_ = new OrderHistory(), log_ = new RunLog(), backtests_ = new BacktestList(), curve_ = new Curve(byId("curve")), asking_ = new Asking();
const live_ = new Live((section, data) => apply(section, data), state => showContact(state));
const LAYERS = [{ name: "Layer", text: row => row[0] }, { name: "", class: "wide", text: row => row[1], tone: row => row[2] }];
const changedText = changed => Object.entries(changed).map(([name, value]) => `${name.replace("_", " ")} ${typeof value === "object" && value !== null ? Object.entries(value).map(pair => pair.join(" ")).join(", ") || "none" : value}`).join("; ");
const tables = {
  positions: new LiveTable(byId("positions"), POSITIONS, { key: row => row.con_id }),
  quotes: new LiveTable(byId("quotes"), QUOTES, { key: row => row.symbol, none: "none; 'leanib dashboard --quote SPY' shows more" }),
  limits: new LiveTable(byId("limits"), LIMIT_COLUMNS, { key: row => row.key }),
  orders: new LiveTable(byId("open-orders"), ORDERS, { key: row => `${row.client_id} ${row.perm_id || row.order_ref || row.order_id}`, open: row => history_.open(row) }),
  fills: new LiveTable(byId("fills"), FILLS, { key: row => row.exec_id }),
  layers: new LiveTable(byId("layers"), LAYERS, { key: row => row[0] }),
  transitions: new LiveTable(byId("transitions"), [{ name: "Time (UTC)", text: row => when(row.at) }, { name: "What changed", class: "wide", text: row => changedText(row.changed) }, { name: "Why", class: "wide", text: row => row.reason }], { key: row => `${row.at} ${row.reason}` }),
  incidents: new LiveTable(byId("incidents"), [{ name: "Time (UTC)", text: row => when(row.at) }, { name: "Incident", right: true, text: row => row.incident ? String(row.incident) : "" }, { name: "Kind", text: row => row.severity, tone: row => row.severity === "critical" ? "bad" : "unknown" }, { name: "What", class: "wide", text: row => row.text }], { key: row => `${row.at} ${row.key} ${row.text}`, none: "none" }),
  runs: new LiveTable(byId("live-runs"), RUNS, { key: row => row.name, open: row => log_.open(row.name), none: "none yet" }),
};
const latest = {};

const SHOW = {
  now: data => { serverAhead = Date.parse(data.at) - Date.now(); },
  trouble: data => { byId("trouble").hidden = !data.length; byId("trouble").replaceChildren(...data.map(text => element("p", {}, text))); },
  connection: showConnection,
  account: data => { showAccount(data); curve_.present(data.live ? data.values.NetLiquidation : null, data.currency); },
  positions: data => { trust("positions", data); const held = data.rows.filter(row => row.quantity); write(byId("positions-note"), held.length ? String(held.length) : ""); tables.positions.show(held, whyNone(data)); },
  orders: data => { trust("open-orders", data.journalProblem ? { live: false, at: data.at, reason: data.journalProblem } : data); write(byId("open-orders-note"), data.rows.length ? String(data.rows.length) : ""); tables.orders.show(data.rows, whyNone(data)); history_.again(data.rows); },
  fills: data => { trust("fills", { live: !data.problem, reason: data.problem }); tables.fills.show(data.rows, data.problem ? "not known" : ""); },
  quotes: data => { trust("quotes", { live: !data.problem, reason: data.problem }); tables.quotes.show(data.rows); },
  limits: data => showLimits(data, tables.limits),
  equity: data => curve_.set(data),
  history: data => tables.transitions.show([...data.rows].reverse(), data.problem),
  incidents: showIncidents,
  monitor: showIncidents,
  gateway: showGateway,
  lean: showLean,
  runs: data => { write(byId("runs-note"), data.problem || ""); tables.runs.show(data.rows ?? [], data.problem); },
};

function showConnection(data) {
  const mode = byId("mode"), banner = byId("banner");
  write(mode, data.mode);
  mode.className = `chip ${data.mode}`;
  document.title = `${data.trading ? "" : "! "}leanib ${data.mode}`;
  banner.hidden = !data.obstacle;
  if (data.obstacle) write(banner, `No order can be sent since ${moment(data.obstacleSince)}: ${data.obstacle}.`);
  showContact(live_.state);
  write(byId("layers-note"), `${data.address}, client id ${data.clientId}, since ${moment(data.since)}`);
  tables.layers.show(data.layers);
}

// Alerts of every program, from their log, and what the monitor wrote of its incidents, the latest first.
function showIncidents() {
  const alerts = latest.incidents, monitor = latest.monitor;
  const problem = [alerts?.problem, monitor?.problem].filter(Boolean).join("; ");
  trust("incidents", { live: !problem, reason: problem });
  const rows = [...(alerts?.rows ?? []), ...(monitor?.rows ?? [])].sort((a, b) => Date.parse(b.at) - Date.parse(a.at));
  write(byId("incidents-note"), [monitor?.lookedAt ? `the monitor looked ${ago(monitor.lookedAt)} ago` : "no monitor runs here", ...(monitor?.open ?? [])].join("; "));
  tables.incidents.show(rows);
}

function showContact(state) {
  const away = latest.connection?.obstacle ? [latest.connection.ready ? "not ready" : "no Gateway", "bad"] : ["live", "good"];
  const words = { live: away, lost: ["no contact with the dashboard", "bad"], "no session": ["no session", "bad"], connecting: ["connecting", "unknown"] }[state];
  const chip = byId("contact");
  write(chip, words[0]);
  chip.className = `chip ${words[1]}`;
  const line = byId("cannot");
  line.hidden = state === "live" || state === "connecting";
  if (state === "lost") write(line, "The dashboard does not answer: what is shown is what it told last. It is tried again every second.");
  if (state === "no session") write(line, "This page has no session: open the address that 'leanib dashboard' printed when it started last.");
  document.querySelector("main").classList.toggle("old", state === "lost" || state === "no session");
}

function apply(section, data) {
  if (data === null) return;
  latest[section] = data;
  SHOW[section](data);
}

// What changes with time alone: ages.
function tick() {
  tables.quotes.tick();
  tables.orders.tick();
  tables.runs.tick();
  if (latest.monitor) showIncidents();
  for (const section of ["account", "positions", "orders"]) if (latest[section]?.live === false) SHOW[section](latest[section]);
  if (latest.lean?.deployed) showLean(latest.lean);
}

async function begin_() {
  byId("footer").textContent = "Served on this machine only. Times are UTC.";
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    localStorage.setItem(THEME, root.dataset.theme);
    curve_.draw(true);
  });
  const problem = await logIn();
  tabs(name => { if (name === "backtests") backtests_.read(); if (name === "overview") curve_.draw(true); });
  if (problem) showContactProblem(problem); else live_.start();
  setInterval(tick, 1000);
  document.documentElement.dataset.ready = "yes";
}

function showContactProblem(problem) {
  write(byId("contact"), "no session");
  byId("contact").className = "chip bad";
  byId("cannot").hidden = false;
  write(byId("cannot"), problem);
}

begin_();
