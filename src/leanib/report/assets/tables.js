// Tables that sort by a click on a head and filter as one types. A column: { name, text(row), value(row), right, tone(row) }.
const MOST_ROWS = 2000;

function sortableTable(host, columns, rows, { filter, note, total, open, name, csv }) {
  let order = { column: -1, up: true };
  const body = element("tbody");
  const heads = columns.map((column, index) => {
    const button = element("button", { type: "button", class: "sort" }, column.name);
    button.addEventListener("click", () => { order = { column: index, up: order.column === index ? !order.up : true }; show(); });
    return element("th", { scope: "col", class: column.right ? "right" : "" }, button);
  });
  host.replaceChildren(element("table", {}, element("thead", {}, element("tr", {}, ...heads)), body));

  function chosen() {
    const wanted = filter.value.trim().toLowerCase();
    let found = wanted ? rows.filter(row => columns.some(column => column.text(row).toLowerCase().includes(wanted))) : rows;
    if (order.column >= 0) {
      const key = columns[order.column].value ?? columns[order.column].text;
      const sign = order.up ? 1 : -1;
      found = [...found].sort((a, b) => {
        const [x, y] = [key(a), key(b)];
        return sign * (typeof x === "number" && typeof y === "number" ? x - y : String(x).localeCompare(String(y)));
      });
    }
    return found;
  }

  function show() {
    const found = chosen();
    body.replaceChildren(...found.slice(0, MOST_ROWS).map(row => line(row)));
    heads.forEach((head, index) => head.setAttribute("aria-sort", index !== order.column ? "none" : order.up ? "ascending" : "descending"));
    const shown = Math.min(found.length, MOST_ROWS), all = total ?? rows.length;
    note.textContent = shown === all ? number(all) : `${number(shown)} of ${number(all)}`;
  }

  function line(row) {
    const cells = columns.map(column => {
      const text = column.text(row);
      return element("td", { class: [column.right && "right", column.tone?.(row)].filter(Boolean).join(" "), title: text.length > 40 ? text : undefined }, text);
    });
    const made = element("tr", {}, ...cells);
    if (open) {
      made.tabIndex = 0;
      made.className = "opens";
      const act = () => open(row, made);
      made.addEventListener("click", act);
      made.addEventListener("keydown", event => { if (event.key === "Enter") act(); });
    }
    return made;
  }

  filter.addEventListener("input", show);
  csv.addEventListener("click", () => download(name, [columns.map(column => column.name), ...chosen().map(row => columns.map(column => (column.raw ?? column.value ?? column.text)(row)))]));
  show();
}
