// Panels above each other on one axis of time: what one shows, all show. Zooming draws anew what is visible, thinned to
// what the screen can tell apart, and fits each panel's scale to it.
const CONFIG = { responsive: true, displayModeBar: false, doubleClick: false };
const GAP = 34, TOP = 26, BOTTOM = 44;

function baseLayout(more = {}) {
  const axis = { gridcolor: css("--grid"), linecolor: css("--line"), zerolinecolor: css("--line"), tickfont: { color: css("--soft") } };
  const base = {
    paper_bgcolor: "rgba(0,0,0,0)", plot_bgcolor: "rgba(0,0,0,0)", margin: { l: 58, r: 10, t: 8, b: BOTTOM },
    font: { family: getComputedStyle(document.body).fontFamily, size: 12, color: css("--ink") },
    hoverlabel: { bgcolor: css("--panel"), bordercolor: css("--line"), font: { color: css("--ink") } }, showlegend: false,
  };
  return { ...base, ...more, xaxis: { ...axis, ...more.xaxis }, yaxis: { ...axis, automargin: true, ...more.yaxis } };
}

// The first index whose time is at or after `time`.
function lower(times, time) {
  let [low, high] = [0, times.length];
  while (low < high) { const middle = (low + high) >> 1; if (times[middle] < time) low = middle + 1; else high = middle; }
  return low;
}

// Of a line: the first, lowest, highest and last point of each of `most` spans; nothing that stands out is lost.
function thinned(points, from, to, most) {
  const first = Math.max(lower(points.x, from) - 1, 0), last = Math.min(lower(points.x, to) + 1, points.x.length);
  const step = Math.max(Math.ceil((last - first) / most), 1);
  if (step <= 4) return { x: points.x.slice(first, last), y: points.y.slice(first, last), first, last };
  const x = [], y = [];
  for (let start = first; start < last; start += step) {
    const end = Math.min(start + step, last);
    let low = start, high = start;
    for (let i = start + 1; i < end; i++) { if (points.y[i] < points.y[low]) low = i; if (points.y[i] > points.y[high]) high = i; }
    for (const i of [...new Set([start, low, high, end - 1])].sort((a, b) => a - b)) { x.push(points.x[i]); y.push(points.y[i]); }
  }
  return { x, y, first, last };
}

// Of candles: as many put together as it takes to have no more than `most`.
function merged(candles, from, to, most) {
  const first = Math.max(lower(candles.x, from) - 1, 0), last = Math.min(lower(candles.x, to) + 1, candles.x.length);
  const step = Math.max(Math.ceil((last - first) / most), 1);
  const result = { x: [], open: [], high: [], low: [], close: [] };
  for (let start = first; start < last; start += step) {
    const end = Math.min(start + step, last);
    let high = candles.high[start], low = candles.low[start];
    for (let i = start + 1; i < end; i++) { if (candles.high[i] > high) high = candles.high[i]; if (candles.low[i] < low) low = candles.low[i]; }
    result.x.push(candles.x[start]);
    result.open.push(candles.open[start]); result.high.push(high); result.low.push(low); result.close.push(candles.close[end - 1]);
  }
  return result;
}

function fitted(values) {
  let low = Infinity, high = -Infinity;
  for (const value of values) { if (value === null || value === undefined) continue; if (value < low) low = value; if (value > high) high = value; }
  if (low > high) return undefined;
  const room = (high - low || Math.abs(high) || 1) * .06;
  return [low - room, high + room];
}

// A panel: { title, height, traces(from, to, most), legend, suffix, zero }. Traces carry x, y (or candles) of what is visible.
class LinkedPanels {
  constructor(host, panels, span, changed) {
    Object.assign(this, { host, panels, span, changed, range: [...span], drawn: false });
  }

  set(panels) { this.panels = panels; this.draw(); }

  zoom(from, to) {
    const least = 2 * 60e3;
    this.range = to - from < least ? [from - least, to + least] : [Math.max(from, this.span[0]), Math.min(to, this.span[1])];
    this.draw();
  }

  reset() { this.range = [...this.span]; this.draw(); }

  draw() {
    const width = this.host.clientWidth || 1000, most = Math.max(Math.floor(width / 2), 150);
    const height = TOP + BOTTOM + this.panels.reduce((sum, panel) => sum + panel.height + GAP, 0) - GAP;
    this.host.style.height = `${height}px`;
    const inner = height - TOP - BOTTOM, traces = [], annotations = [], axes = {};
    let top = 0;
    this.panels.forEach((panel, index) => {
      const suffix = index ? index + 1 : "", made = panel.traces(this.range[0], this.range[1], most);
      for (const trace of made) traces.push({ ...trace, xaxis: "x", yaxis: `y${suffix}` });
      const bottom = top + panel.height;
      axes[`yaxis${suffix}`] = this.axis(panel, made, [1 - bottom / inner, 1 - top / inner]);
      annotations.push({ text: this.heading(panel), xref: "paper", yref: "paper", x: 0, y: 1 - top / inner, yshift: 18, xanchor: "left", yanchor: "middle", showarrow: false, font: { size: 12.5, color: css("--soft") } });
      top = bottom + GAP;
    });
    const layout = baseLayout({
      height, margin: { l: 58, r: 10, t: TOP, b: BOTTOM }, hovermode: "x", hoversubplots: "axis", dragmode: "zoom", annotations, barmode: "overlay",
      xaxis: { type: "date", range: this.range.map(ms => new Date(ms).toISOString()), anchor: `y${this.panels.length > 1 ? this.panels.length : ""}`, rangeslider: { visible: false },
        showspikes: true, spikemode: "across", spikesnap: "cursor", spikethickness: 1, spikedash: "solid", spikecolor: css("--second") },
    });
    Object.assign(layout, axes);
    Plotly.react(this.host, traces, layout, CONFIG);
    if (!this.drawn) this.listen();
    this.changed(this.range);
  }

  axis(panel, traces, domain) {
    const values = traces.flatMap(trace => trace.fits === false ? [] : this.visible(trace));
    if (panel.zero) values.push(0);
    return { domain, range: fitted(values), fixedrange: true, ticksuffix: panel.suffix ?? "", tickprefix: panel.prefix ?? "", nticks: Math.max(Math.round(panel.height / 44), 3),
      gridcolor: css("--grid"), zerolinecolor: css("--line"), tickfont: { color: css("--soft") }, hoverformat: panel.hover ?? ",.2f", automargin: false };
  }

  // The values inside the span; of a line that only crosses it, all.
  visible(trace) {
    const [from, to] = this.range, series = trace.type === "candlestick" ? [trace.high, trace.low] : [trace.y];
    const inside = series.flatMap(values => values.filter((_, i) => trace.x[i] >= from && trace.x[i] <= to));
    return inside.length ? inside : series.flat();
  }

  heading(panel) {
    const safe = text => String(text).replace(/[&<>]/g, c => ({ "&": "&amp;", "<": "&lt;", ">": "&gt;" })[c]);
    const marks = (panel.legend ?? []).map(([name, color]) => `<span style="color:${color}">■</span> ${safe(name)}`);
    return [`<b>${safe(panel.title)}</b>`, ...marks].join("   ");
  }

  listen() {
    this.drawn = true;
    this.host.on("plotly_relayout", change => {
      const [from, to] = [change["xaxis.range[0]"], change["xaxis.range[1]"]];
      if (from !== undefined && to !== undefined) this.zoom(utc(from), utc(to));
    });
    this.host.on("plotly_doubleclick", () => this.reset());
    let waiting;
    new ResizeObserver(() => { clearTimeout(waiting); waiting = setTimeout(() => { if (this.host.clientWidth) this.draw(); }, 120); }).observe(this.host.parentElement);
  }
}

function utc(value) {
  if (typeof value === "number") return value;
  const text = String(value).replace(" ", "T");
  return Date.parse(/Z$/.test(text) ? text : text.includes("T") ? `${text}Z` : `${text}T00:00:00Z`);
}
