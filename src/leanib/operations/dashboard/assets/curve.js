// The equity's curve: what the server kept minute by minute, and the present value at its end.
const LEAST = 600, DAY = "{YYYY}-{MM}-{DD}";
const TIMES = [
  [3600 * 24 * 28, "{YYYY}-{MM}", null, null, null, null, null, null, 1],
  [3600 * 24, DAY, null, null, null, null, null, null, 1],
  [60, "{HH}:{mm}", `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
  [1, "{HH}:{mm}:{ss}", `\n${DAY}`, null, `\n${DAY}`, null, null, null, 1],
];
class Curve {
  constructor(host) {
    Object.assign(this, { host, data: null, span: "today", last: null, plot: null, drawn: "" });
    new ResizeObserver(() => this.plot?.setSize(this.size())).observe(host);
    for (const span of ["today", "deployment"]) byId(`span-${span}`).addEventListener("click", () => { this.span = span; this.draw(true); });
  }

  size() { return { width: Math.max(this.host.clientWidth, 200), height: this.host.clientHeight || 220 }; }

  set(data) { this.data = data; this.draw(false); }

  present(value, currency) { this.last = value ?? null; this.currency = currency; this.draw(false); }

  points() {
    const kept = [...(this.data?.[this.span] ?? [])];
    if (this.span === "today" && this.data?.before && kept.length) kept.unshift([Date.parse(this.data.midnight) / 1000, this.data.before]);
    const now = Math.floor(serverNow() / 1000);
    if (this.last !== null && (!kept.length || now > kept.at(-1)[0])) kept.push([now, this.last]);
    return kept;
  }

  draw(anew) {
    for (const span of ["today", "deployment"]) byId(`span-${span}`).setAttribute("aria-pressed", span === this.span);
    const points = this.points(), columns = [points.map(point => point[0]), points.map(point => point[1])];
    write(byId("curve-note"), this.note(points));
    this.host.setAttribute("aria-label", points.length ? `Equity: ${number(points[0][1], 2, 2)} at the start, ${number(points.at(-1)[1], 2, 2)} now` : "Equity: not known");
    if (this.plot && !anew) { this.plot.setData(columns); return; }
    this.plot?.destroy();
    const line = css("--accent"), soft = css("--soft"), grid = { stroke: css("--grid"), width: 1 };
    const axis = { stroke: soft, grid, ticks: { show: false }, font: `12px ${getComputedStyle(document.body).fontFamily}` };
    this.plot = new uPlot({
      ...this.size(), legend: { show: false }, cursor: { y: false, points: { size: 7 } }, tzDate: seconds => uPlot.tzDate(new Date(seconds * 1000), "UTC"),
      series: [{}, { stroke: line, width: 2, fill: css("--fill"), points: { show: plot => plot.data[0].length < 3 } }],
      scales: { x: { range: (_, low, high) => [low, Math.max(high, low + LEAST)] } },
      axes: [{ ...axis, space: 80, values: TIMES }, { ...axis, size: 74, values: (_, values) => values.map(value => number(value, 2)) }],
      hooks: { setCursor: [plot => { const i = plot.cursor.idx; write(byId("curve-note"), i === null || i === undefined || plot.cursor.left < 0 ? this.note(this.points()) : `${clock(plot.data[0][i] * 1000)} UTC: ${number(plot.data[1][i], 2, 2)}`); }] },
    }, columns, this.host);
  }

  note(points) {
    const data = this.data;
    if (data?.problem) return data.problem;
    if (this.span === "deployment" && !data?.deployed) return "nothing is deployed";
    const begin = this.span === "today" ? data?.midnight : data?.deployed;
    const late = data?.keptSince && begin && Date.parse(data.keptSince) > Date.parse(begin) + 120e3 && !(this.span === "today" && data.before);
    const change = points.length > 1 ? points.at(-1)[1] - points[0][1] : null;
    const parts = [change === null ? "" : `${change >= 0 ? "+" : ""}${number(change, 2, 2)} ${this.currency ?? ""}`, this.span === "today" ? "since midnight in New York" : `since ${fullMoment(data.deployed)}`];
    if (late) parts.push(`kept only since ${fullMoment(data.keptSince)}`);
    return parts.filter(Boolean).join(", ");
  }
}
