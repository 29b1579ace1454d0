// The tables of closed trades and of orders.
const tone = value => value < 0 ? "down" : "up";

function tradeColumns(currency) {
  const plain = (name, index) => ({ name, text: row => String(row[index]) });
  const figure = (name, index, text, more = {}) => ({ name, right: true, text: row => text(row[index]), value: row => row[index], ...more });
  const time = (name, index) => ({ name, text: row => clock(row[index]), value: row => row[index], raw: row => clock(row[index]) });
  return [plain("Symbol", 0), plain("Side", 1), figure("Quantity", 2, value => number(value, 6)), time("Entry", 3), figure("Entry price", 4, price), time("Exit", 5), figure("Exit price", 6, price),
    figure(`Profit (${currency})`, 7, value => number(value, 2, 2), { tone: row => tone(row[7]) }), figure("%", 8, value => number(value, 2, 2), { tone: row => tone(row[8]) }),
    { name: "Held", right: true, text: row => lasting(row[5] - row[3]), value: row => row[5] - row[3], raw: row => Math.round((row[5] - row[3]) / 1000) },
    figure("MAE", 10, value => number(value, 2, 2)), figure("MFE", 11, value => number(value, 2, 2)), figure("Fees", 9, value => number(value, 2, 2)), plain("Orders", 12)];
}

function orderColumns(currency) {
  const plain = (name, index) => ({ name, text: row => String(row[index]), value: row => row[index] });
  return [{ ...plain("Id", 0), right: true }, { name: "Time", text: row => clock(row[1]), value: row => row[1] ?? 0, raw: row => clock(row[1]) }, plain("Symbol", 2), plain("Type", 3),
    { name: "Quantity", right: true, text: row => number(row[4], 8), value: row => row[4], tone: row => tone(row[4]) }, { name: "Price", right: true, text: row => price(row[5]), value: row => row[5] },
    { name: `Value (${currency})`, right: true, text: row => row[5] ? number(row[6], 2, 2) : "", value: row => row[6] }, plain("Status", 7), plain("Tag", 8)];
}

// The events of an order, under its row; a second click closes them.
function toggleEvents(events, row, line) {
  if (line.nextElementSibling?.classList.contains("events")) { line.nextElementSibling.remove(); return; }
  const list = events[String(row[0])] ?? [];
  const texts = list.map(([time, state, quantity, at, fee, message]) => [clock(time), state, quantity ? `${number(quantity, 8)} at ${price(at)}` : "", fee ? `fee ${fee}` : "", message].filter(Boolean).join("  ·  "));
  const cell = element("td", { colspan: line.children.length }, ...(texts.length ? texts : ["no events are known of this order"]).map(text => element("div", {}, text)));
  line.after(element("tr", { class: "events" }, cell));
}
