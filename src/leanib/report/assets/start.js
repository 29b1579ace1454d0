// Unpacks what the page carries, then calls start(data); the theme.
async function unpacked(id) {
  const text = byId(id).textContent;
  const bytes = Uint8Array.from(atob(text), character => character.charCodeAt(0));
  byId(id).remove();
  return new Response(new Blob([bytes]).stream().pipeThrough(new DecompressionStream("deflate"))).text();
}

async function begin(start) {
  document.documentElement.dataset.theme = matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light";
  if (typeof DecompressionStream === "undefined") {
    byId("cannot").hidden = false;
    byId("cannot").textContent = "This browser cannot unpack the page; open it with one from 2023 or newer.";
    return;
  }
  const [data, library] = await Promise.all([unpacked("packed-data"), unpacked("packed-plotly")]);
  const parsed = JSON.parse(data);
  const script = document.createElement("script");
  script.textContent = library;
  document.head.append(script);
  start(parsed);
  document.documentElement.dataset.ready = "yes";
}

function themeButton(repaint) {
  byId("theme").addEventListener("click", () => {
    const root = document.documentElement;
    root.dataset.theme = root.dataset.theme === "dark" ? "light" : "dark";
    repaint();
  });
}

// Tabs as the ARIA practices have them: arrows move, Home and End jump, one tab stop.
function tabs(shown) {
  const all = [...document.querySelectorAll('[role="tab"]')];
  const select = (tab, focus) => {
    for (const other of all) {
      const chosen = other === tab;
      other.setAttribute("aria-selected", chosen);
      other.tabIndex = chosen ? 0 : -1;
      byId(other.getAttribute("aria-controls")).hidden = !chosen;
    }
    if (focus) tab.focus();
    history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
    shown(tab.getAttribute("aria-controls"));
  };
  all.forEach((tab, index) => {
    tab.addEventListener("click", () => select(tab));
    tab.addEventListener("keydown", event => {
      const to = { ArrowRight: index + 1, ArrowLeft: index - 1, Home: 0, End: all.length - 1 }[event.key];
      if (to === undefined) return;
      event.preventDefault();
      select(all[(to + all.length) % all.length], true);
    });
  });
  const wanted = all.find(tab => `#${tab.getAttribute("aria-controls")}` === location.hash);
  if (wanted) select(wanted); else shown(all[0].getAttribute("aria-controls"));
  return name => select(all.find(tab => tab.getAttribute("aria-controls") === name));
}
