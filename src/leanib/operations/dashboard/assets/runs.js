// Deployments, live runs and their logs, backtests.
function showGateway(data) {
  write(byId("gateway-note"), data.state ?? "");
  facts(byId("gateway"), [["Container", data.text || data.problem || `${data.service}: ${data.state}`, data.problem ? "bad" : ""], ["Health", data.health, data.health === "healthy" ? "good" : "bad"], ["Image", data.image], ["Restarts", data.restarts], ["Out of memory", data.outOfMemory ? "yes" : ""], ["Health check", data.said]]);
}

function showLean(data) {
  const line = byId("lean-trust");
  line.hidden = !data.problem;
  write(line, data.problem ? `Not known: ${data.problem}` : "");
  write(byId("lean-note"), data.deployed ? data.state : data.problem ? "" : "nothing is deployed; 'leanib deploy' does it");
  if (!data.deployed) { facts(byId("lean"), []); return; }
  facts(byId("lean"), [
    ["State", data.hold ? `${data.state}: ${data.hold}` : data.state, data.problem ? "unknown" : data.well ? "good" : "bad"], ["Algorithm", data.project], ["Account", `${data.account} (${data.mode})`], ["Asked for", data.wanted], ["Start", `number ${data.generation}, ${fullMoment(data.startedAt)}`],
    ["Trading since", fullMoment(data.tradingAt)], ["Logged in", fullMoment(data.loginAt)], ["Heartbeat", data.heartbeatAt ? `${moment(data.heartbeatAt)}, ${ago(data.heartbeatAt)} ago` : ""], ["Time step", data.timeStepSeconds ? `${number(data.timeStepSeconds, 1)} s` : ""], ["Results", data.resultsAt ? `${ago(data.resultsAt)} ago` : ""], ["Error", data.error, "bad"],
    ["Exit code", data.exitCode ?? ""], ["Image", data.image], ["Commit", (data.commit ?? "").slice(0, 10)],
  ]);
}

const RUNS = [
  { name: "Run", text: row => row.name },
  { name: "Engine", text: row => row.engine },
  { name: "Wrote", right: true, text: row => row.wroteAt ? `${ago(row.wroteAt)} ago` : "nothing yet" },
  { name: "Last line", class: "wide", text: row => row.last },
  { name: "", text: row => row.writing ? "writing" : "silent", tone: row => row.writing ? "good" : "unknown" },
];

class RunLog {
  constructor() {
    this.lines = [];
    byId("log-filter").addEventListener("input", () => this.show());
    byId("log-again").addEventListener("click", () => this.open(this.run));
  }

  async open(run) {
    this.run = run;
    byId("log-panel").hidden = false;
    write(byId("log-note"), `${run}, as of ${moment(new Date(serverNow()).toISOString())}`);
    try { this.lines = (await ask(`/runs/log?run=${encodeURIComponent(run)}`)).lines; } catch (error) { this.lines = [error.message]; }
    this.show();
    byId("log-lines").scrollTop = byId("log-lines").scrollHeight;
  }

  show() {
    const wanted = byId("log-filter").value.trim().toLowerCase();
    byId("log-lines").textContent = this.lines.filter(line => !wanted || line.toLowerCase().includes(wanted)).join("\n");
  }
}

class BacktestList {
  constructor() {
    this.rows = [];
    this.chosen = new Set();
    const figure = (name, head, spare) => ({ name: head ?? name, right: true, class: spare, text: row => row.figures[name] ?? "" });
    this.table = new LiveTable(byId("backtests-table"), [
      { name: "", make: row => this.box(row), mark: () => "box" },
      { name: "Algorithm", text: row => row.algorithm },
      { name: "Run", make: row => element("a", { href: `/backtests/report?run=${row.key}`, target: "_blank", rel: "noopener" }, row.run), mark: row => row.key },
      figure("Net Profit"), figure("Compounding Annual Return", "A year", "spare"), figure("Sharpe Ratio", "Sharpe"), figure("Drawdown"), figure("Total Orders", "Orders", "spare"), figure("Win Rate", "Wins", "spare"), figure("Total Fees", "Fees", "spare"),
      { name: "", class: "wide", text: row => row.problem, tone: () => "bad" },
    ], { key: row => row.key, none: "no backtests yet: 'leanib backtest' makes one" });
    byId("backtests-filter").addEventListener("input", () => this.show());
    byId("backtests-again").addEventListener("click", () => this.read());
    byId("compare").addEventListener("click", () => { const [a, b] = this.chosen; open(`/backtests/compare?a=${a}&b=${b}`, "_blank", "noopener"); });
  }

  box(row) {
    const made = element("input", { type: "checkbox", "aria-label": `Choose ${row.algorithm} ${row.run}` });
    made.addEventListener("change", () => {
      if (made.checked) this.chosen.add(row.key); else this.chosen.delete(row.key);
      byId("compare").disabled = this.chosen.size !== 2;
    });
    return made;
  }

  async read() {
    const line = byId("backtests-trust");
    try { this.rows = (await ask("/backtests")).rows; line.hidden = true; } catch (error) { line.hidden = false; write(line, error.message); }
    this.show();
  }

  show() {
    const wanted = byId("backtests-filter").value.trim().toLowerCase();
    const found = this.rows.filter(row => !wanted || `${row.algorithm} ${row.run}`.toLowerCase().includes(wanted));
    write(byId("backtests-note"), `${found.length === this.rows.length ? "" : `${found.length} of `}${this.rows.length}, the newest first`);
    this.table.show(found);
  }
}
