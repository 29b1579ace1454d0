// Tables that change under one's eyes: rows are kept by their key and only what differs is written, so that focus, selection
// and an open row stay, and a day of ticks makes no garbage. A column: { name, text(row), right, tone(row), make(row) }.
let serverAhead = 0;
const serverNow = () => Date.now() + serverAhead;

class LiveTable {
  constructor(host, columns, { key, open, none = "none" }) {
    Object.assign(this, { host, columns, key, open, none, rows: new Map() });
    this.body = element("tbody");
    const heads = columns.map(column => element(column.name ? "th" : "td", { scope: column.name ? "col" : undefined, class: [column.right && "right", column.class].filter(Boolean).join(" ") }, column.name));
    this.table = element("table", {}, element("thead", {}, element("tr", {}, ...heads)), this.body);
    this.empty = element("p", { class: "none" });
    host.replaceChildren(this.table, this.empty);
    this.show([], "not known yet");
  }

  show(rows, why = "") {
    const seen = new Set();
    let place = this.body.firstChild;
    for (const row of rows) {
      let key = String(this.key(row));
      while (seen.has(key)) key += "'";
      seen.add(key);
      let kept = this.rows.get(key);
      if (!kept) { kept = this.line(); this.rows.set(key, kept); }
      kept.row = row;
      this.fill(kept);
      if (kept.line !== place) this.body.insertBefore(kept.line, place); else place = place.nextSibling;
    }
    for (const [key, kept] of this.rows) if (!seen.has(key)) { kept.line.remove(); this.rows.delete(key); }
    this.table.hidden = !rows.length;
    this.empty.hidden = !!rows.length;
    if (!rows.length) write(this.empty, why || this.none);
  }

  // Texts that change with time alone.
  tick() { for (const kept of this.rows.values()) this.fill(kept); }

  line() {
    const cells = this.columns.map(column => element("td", { class: column.class }));
    const kept = { line: element("tr", {}, ...cells), cells, made: [], tones: [] };
    if (this.open) {
      kept.line.tabIndex = 0;
      kept.line.className = "opens";
      const act = () => this.open(kept.row, kept.line);
      kept.line.addEventListener("click", act);
      kept.line.addEventListener("keydown", event => { if (event.key === "Enter") act(); });
    }
    return kept;
  }

  fill(kept) {
    this.columns.forEach((column, index) => {
      const cell = kept.cells[index];
      if (column.make) {
        const mark = column.mark(kept.row);
        if (kept.made[index] !== mark) { kept.made[index] = mark; cell.replaceChildren(column.make(kept.row)); }
        return;
      }
      const text = column.text(kept.row), tone = [column.right && "right", column.class, column.tone?.(kept.row)].filter(Boolean).join(" ");
      if (kept.made[index] !== text) {
        kept.made[index] = cell.textContent = text;
        if (text.length > 40) cell.title = text;
      }
      if (kept.tones[index] !== tone) kept.tones[index] = cell.className = tone;
    });
  }
}

function write(node, text) { if (node.textContent !== text) node.textContent = text; }

// Names and values beside each other.
function facts(host, pairs) {
  const list = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  while (host.children.length > list.length) host.lastChild.remove();
  list.forEach(([name, value, tone], index) => {
    const line = host.children[index] ?? host.appendChild(element("div", {}, element("span"), element("span")));
    write(line.firstChild, name);
    write(line.lastChild, String(value));
    line.lastChild.className = tone ?? "";
  });
}

function ago(iso) {
  if (!iso) return "";
  const seconds = Math.max(0, (serverNow() - Date.parse(iso)) / 1000);
  if (seconds < 100) return `${Math.round(seconds)} s`;
  if (seconds < 7200) return `${Math.round(seconds / 60)} min`;
  return seconds < 172800 ? `${number(seconds / 3600, 1)} h` : `${Math.round(seconds / 86400)} d`;
}

const moment = iso => iso ? `${clock(Date.parse(iso)).slice(11)} UTC` : "";
const when = iso => { const text = clock(Date.parse(iso)); return text.startsWith(day(serverNow())) ? text.slice(11) : text; };
const fullMoment = iso => iso ? `${clock(Date.parse(iso))} UTC` : "";
const amount = (value, digits = 2) => value === null || value === undefined ? "not told" : number(value, digits, digits);
const signTone = value => value > 0 ? "up" : value < 0 ? "down" : "";

// Says of a section whether it is current: the last known values stay, with their age and why they are old.
function trust(name, data) {
  const line = byId(`${name}-trust`), live = data.live !== false;
  line.closest(".panel, [role=tabpanel]").classList.toggle("old", !live);
  line.hidden = live;
  if (!live) write(line, data.at ? `As of ${moment(data.at)}, ${ago(data.at)} ago: ${data.reason}` : `Not known: ${data.reason}`);
}
const whyNone = data => data.live === false && !data.at ? "not known" : "";
