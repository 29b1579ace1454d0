// Open orders with what the journal notes of each, and fills.
const ORDERS = [
  { name: "Symbol", text: row => row.symbol },
  { name: "Side", text: row => row.action },
  { name: "Quantity", right: true, text: row => number(row.quantity, 4) },
  { name: "Filled", right: true, class: "spare", text: row => number(row.filled, 4) },
  { name: "Type", text: row => `${row.order_type}${row.limit_price ? ` ${price(row.limit_price)}` : ""}${row.stop_price ? ` stop ${price(row.stop_price)}` : ""}` },
  { name: "TIF", class: "spare", text: row => row.time_in_force },
  { name: "Status", class: "wide", text: row => [row.status, row.journal && row.journal !== row.status.toLowerCase() ? `journal: ${row.journal}` : "", row.message].filter(Boolean).join("; "), tone: row => row.journal === "unknown" || row.status === "Inactive" ? "bad" : "" },
  { name: "Age", right: true, class: "spare", text: row => ago(row.created_at) },
  { name: "Whose", text: row => row.owner },
  { name: "Order", text: row => row.order_ref || `permId ${row.perm_id}` },
];

const FILLS = [
  { name: "Time (UTC)", text: row => when(row.time) },
  { name: "Symbol", text: row => row.symbol },
  { name: "", text: row => row.side, tone: row => row.side === "bought" ? "up" : "down" },
  { name: "Quantity", right: true, text: row => number(row.quantity, 4) },
  { name: "Price", right: true, text: row => row.price === null ? "not known" : price(row.price) },
  { name: "Commission", right: true, class: "spare", text: row => row.commission === null ? "not told" : `${number(row.commission, 2, 2)} ${row.currency}` },
  { name: "Order", text: row => row.ref },
];

const detailText = detail => Object.entries(detail).map(([name, value]) => `${name} ${typeof value === "object" && value !== null ? JSON.stringify(value) : value}`).join(", ");
const HISTORY = [
  { name: "Time (UTC)", text: row => when(row.at) },
  { name: "What", text: row => row.kind },
  { name: "", class: "wide", text: row => detailText(row.detail) },
];

class OrderHistory {
  constructor() { this.table = new LiveTable(byId("order-history"), HISTORY, { key: row => `${row.at} ${row.kind} ${row.number}` }); this.row = null; }

  async open(row) {
    this.row = row;
    byId("history-panel").hidden = false;
    const name = row.order_ref || `permId ${row.perm_id}`;
    write(byId("history-note"), name);
    try {
      const found = await ask(`/orders/history?ref=${encodeURIComponent(row.order_ref)}`);
      if (this.row !== row && this.row.order_ref !== row.order_ref) return;
      const fills = found.fills.map(fill => ({ at: fill.time, kind: "fill", detail: { side: fill.side, quantity: fill.quantity, price: fill.price ?? "not known" } }));
      const rows = [...found.rows, ...fills].sort((a, b) => a.at.localeCompare(b.at)).map((one, index) => ({ ...one, number: index }));
      this.table.show(rows, `the journal has nothing of it: ${row.owner} placed it`);
    } catch (error) { this.table.show([], error.message); }
  }

  again(rows) {
    const present = this.row && rows.find(row => row.order_ref === this.row.order_ref && row.perm_id === this.row.perm_id);
    const mark = present && JSON.stringify(present);
    if (present && mark !== this.mark) this.open(present);
    this.mark = mark;
  }
}
