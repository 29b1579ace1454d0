// Account, positions, quotes and limits.
const CARDS = [["Net liquidation", "NetLiquidation"], ["Profit today", null], ["Unrealized", "UnrealizedPnL"], ["Cash", "TotalCashValue"], ["Buying power", "BuyingPower"], ["Margin used", "InitMarginReq"]];
const BALANCE = [["Net liquidation", "NetLiquidation"], ["Total cash", "TotalCashValue"], ["Settled cash", "SettledCash"], ["Buying power", "BuyingPower"], ["Available funds", "AvailableFunds"], ["Excess liquidity", "ExcessLiquidity"], ["Initial margin", "InitMarginReq"], ["Maintenance margin", "MaintMarginReq"], ["Gross position value", "GrossPositionValue"], ["Unrealized", "UnrealizedPnL"], ["Realized", "RealizedPnL"]];
const LIMITS = { max_order_quantity: "Order quantity", max_order_value: "Order value", max_position_quantity: "Position quantity", max_position_value: "Position value", max_daily_loss: "Daily loss", max_orders_per_minute: "Orders a minute" };

// The cards, before anything is known.
for (const [name] of CARDS) byId("cards").append(element("div", { class: "card" }, element("b", {}, "not known"), element("span", {}, name)));

function showAccount(data) {
  trust("account", data);
  write(byId("account-name"), data.account || "account not known");
  const host = byId("cards"), never = data.live === false && !data.at;
  CARDS.forEach(([, tag], index) => {
    const card = host.children[index];
    const value = tag ? data.values[tag] : data.dailyPnl;
    write(card.firstChild, never ? "not known" : value === null || value === undefined ? "not told" : money(value, data.currency));
    card.firstChild.className = tag === null || tag === "UnrealizedPnL" ? signTone(value) : "";
  });
  write(byId("balance-note"), data.currency ? `in ${data.currency}` : "");
  facts(byId("balance"), [...BALANCE.filter(([, tag]) => tag in data.values).map(([name, tag]) => [name, amount(data.values[tag])]), ...Object.entries(data.cash).map(([currency, value]) => [`Cash ${currency}`, amount(value)])]);
}

const leg = one => `${number(one.quantity, 4)} ${one.type}${one.price ? ` at ${price(one.price)}` : ""}`;

function protectionText(row) {
  const found = row.protection;
  if (!found) return "not known";
  const stops = found.stops.map(leg).join(", "), targets = found.targets.length ? `; target ${found.targets.map(leg).join(", ")}` : "";
  if (found.word === "none") return `no stop${targets}`;
  return `${found.word === "all" ? "" : `${number(found.covered, 4)} of ${number(Math.abs(row.quantity), 4)}: `}stop ${stops}${targets}`;
}

const POSITIONS = [
  { name: "Symbol", text: row => row.symbol },
  { name: "Quantity", right: true, text: row => number(row.quantity, 4) },
  { name: "Cost", right: true, class: "spare", text: row => price(row.average_cost) },
  { name: "Price", right: true, class: "spare", text: row => row.market_price === null ? "not told" : price(row.market_price) },
  { name: "Value", right: true, text: row => amount(row.market_value) },
  { name: "Unrealized", right: true, text: row => amount(row.unrealized_pnl), tone: row => signTone(row.unrealized_pnl) },
  { name: "", class: "spare", text: row => row.currency },
  { name: "Protection", class: "wide", text: protectionText, tone: row => !row.protection ? "unknown" : row.protection.word === "all" ? "good" : "bad" },
];

const QUOTES = [
  { name: "Symbol", text: row => row.symbol },
  { name: "Bid", right: true, text: row => price(row.bid) || "-" },
  { name: "Ask", right: true, text: row => price(row.ask) || "-" },
  { name: "Last", right: true, class: "spare", text: row => price(row.last) || "-" },
  { name: "Age", right: true, text: row => ago(row.received_at) || "-" },
  { name: "Status", class: "wide", text: row => `${row.status}${row.data_type === "live" ? "" : ` (${row.data_type})`}${row.reason ? `: ${row.reason}` : ""}`, tone: row => row.status === "current" ? "good" : ["waiting for data", "market closed"].includes(row.status) ? "unknown" : "bad" },
];

function used(row) {
  if (row.used === null) return element("span", { class: "unknown" }, row.where || "not known");
  const share = row.used / row.limit, meter = element("meter", { min: 0, max: 1, low: .8, high: .95, optimum: 0, value: Math.min(share, 1), "aria-label": `${LIMITS[row.key]}: ${number(share * 100, 0)} percent used` });
  return element("span", {}, meter, ` ${number(share * 100, 0)} %`, row.where ? element("span", { class: "note" }, ` ${row.where}`) : "");
}

const LIMIT_COLUMNS = [
  { name: "Limit", text: row => LIMITS[row.key] ?? row.key },
  { name: "At most", right: true, text: row => number(row.limit, 2) },
  { name: "Used", right: true, class: "spare", text: row => row.used === null ? "" : number(row.used, 2) },
  { name: "", make: used, mark: row => `${row.used} ${row.limit} ${row.where}` },
];

function showLimits(data, table) {
  trust("limits", data.live ? data : { ...data, at: null, reason: data.reason ? `what is used (${data.reason})` : "what is used" });
  const words = [data.obstacle, data.symbols.length ? `only ${data.symbols.join(", ")}` : "", data.currency ? `money in ${data.currency}` : ""];
  write(byId("limits-note"), words.filter(Boolean).join("; "));
  table.show(data.uses, data.obstacle ? "no limits: no order is sent" : "no limit is set");
  const on = data.switch || (data.configSwitch ? "kill_switch = true in config/" : "");
  const banner = byId("switch-banner"), button = byId("kill");
  banner.hidden = !on;
  if (on) write(banner, `${on[0].toUpperCase()}${on.slice(1)}: programs of this project send nothing but cancels.`);
  button.setAttribute("aria-pressed", !!data.switch);
  write(button, data.switch ? "Kill switch is on" : "Kill switch");
}
