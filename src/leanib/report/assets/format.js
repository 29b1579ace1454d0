// Numbers, times and elements. Text only ever goes into a page as text.
const byId = id => document.getElementById(id);
const css = name => getComputedStyle(document.documentElement).getPropertyValue(name).trim();
const FORMATS = new Map();
const number = (value, digits = 2, least = 0) => {
  if (value === null || value === undefined || Number.isNaN(value)) return "";
  const key = digits * 32 + least;
  if (!FORMATS.has(key)) FORMATS.set(key, new Intl.NumberFormat("en-US", { minimumFractionDigits: least, maximumFractionDigits: digits }));
  return FORMATS.get(key).format(value);
};
const percent = (value, digits = 2) => value === null || value === undefined ? "" : `${number(value, digits, digits)} %`;
const price = value => value ? number(value, Math.abs(value) < 10 ? 6 : 4) : "";
const SYMBOLS = { USD: "$", EUR: "€", GBP: "£", JPY: "¥" };
const money = (value, currency) => `${value < 0 ? "-" : ""}${SYMBOLS[currency] ?? `${currency} `}${number(Math.abs(value), 2, 2)}`;
const pad = value => String(value).padStart(2, "0");

function clock(ms) {
  if (ms === null || ms === undefined) return "";
  const at = new Date(ms);
  return `${day(ms)} ${pad(at.getUTCHours())}:${pad(at.getUTCMinutes())}:${pad(at.getUTCSeconds())}`;
}

function day(ms) {
  const at = new Date(ms);
  return `${at.getUTCFullYear()}-${pad(at.getUTCMonth() + 1)}-${pad(at.getUTCDate())}`;
}

function lasting(ms) {
  const minutes = Math.round(ms / 60e3);
  if (minutes < 120) return `${minutes} min`;
  return minutes < 2880 ? `${number(minutes / 60, 1)} h` : `${number(minutes / 1440, 1)} d`;
}

function element(tag, attributes = {}, ...children) {
  const made = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (value === undefined || value === false) continue;
    if (name === "class") made.className = value; else made.setAttribute(name, value === true ? "" : value);
  }
  made.append(...children.filter(child => child !== null && child !== undefined));
  return made;
}

function download(name, rows) {
  const cell = value => {
    const text = String(value ?? "");
    // A cell that starts like a formula is a formula to a spreadsheet.
    const safe = /^[=+@\t]|^-(?![\d.])/.test(text) ? `'${text}` : text;
    return /[",\n\r]/.test(safe) ? `"${safe.replaceAll('"', '""')}"` : safe;
  };
  const link = element("a", { download: name });
  link.href = URL.createObjectURL(new Blob([rows.map(row => row.map(cell).join(",")).join("\r\n")], { type: "text/csv" }));
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 1000);
}
