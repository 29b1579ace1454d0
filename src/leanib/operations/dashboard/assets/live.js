// The stream from the server. A browser opens six connections to a host in all, so one tab holds the stream and tells the
// others; when it closes, sleeps or falls silent, another takes over. Every (re)connection begins with all sections.
const STREAM = "leanib-stream", SILENT = 4000, CHECK = 1000;

class Live {
  constructor(apply, contact) {
    Object.assign(this, { apply, contact, texts: new Map(), heard: performance.now(), source: null, state: "connecting", checking: false });
    this.channel = new BroadcastChannel(STREAM);
    this.channel.addEventListener("message", event => this.told(event.data));
  }

  start() {
    this.follow(false);
    this.channel.postMessage({ hello: true });
    setInterval(() => this.check(), CHECK);
    document.addEventListener("visibilitychange", () => { if (!document.hidden) this.check(); });
    addEventListener("online", () => this.check());
    addEventListener("pagehide", () => this.close());
  }

  // Waits for its turn to hold the stream, or takes it from a tab that has fallen silent.
  follow(steal) {
    navigator.locks.request(STREAM, { steal }, () => new Promise(release => { this.release = release; this.open(); }))
      .catch(() => { this.close(); this.release = null; if (this.state !== "no session") this.follow(false); });
  }

  open() {
    this.close();
    const source = this.source = new EventSource("/stream");
    for (const section of SECTIONS) source.addEventListener(section, event => { this.take(section, event.data); this.channel.postMessage({ section, text: event.data }); });
    source.addEventListener("error", () => { if (this.source === source) this.failed(); });
  }

  close() { this.source?.close(); this.source = null; }

  told(message) {
    if (message.hello) { if (this.source) for (const [section, text] of this.texts) this.channel.postMessage({ section, text }); }
    else if (!this.source) this.take(message.section, message.text);
  }

  take(section, text) {
    this.heard = performance.now();
    this.say("live");
    if (section === "now" ? false : this.texts.get(section) === text) return;
    this.texts.set(section, text);
    this.apply(section, JSON.parse(text));
  }

  // Called every second, and when the page is seen again: after a laptop's sleep the old connection is dead and does not say so.
  check() {
    if (performance.now() - this.heard < SILENT || this.state === "no session") return;
    this.say("lost");
    if (this.source) this.open(); else if (!document.hidden) this.follow(true);
    this.heard = performance.now() - SILENT / 2;
    this.failed();
  }

  async failed() {
    if (this.checking) return;
    this.checking = true;
    try {
      const answer = await fetch("/session", { signal: AbortSignal.timeout(3000) });
      if (answer.status === 401) { this.close(); this.say("no session"); this.release?.(); }
      else if (this.source?.readyState === EventSource.CLOSED) this.open();
    } catch { this.say("lost"); } finally { this.checking = false; }
  }

  say(state) {
    if (state === this.state) return;
    this.state = state;
    this.contact(state);
  }
}

// The token comes in the fragment, which no server sees; it is posted once for the cookie and leaves the address.
async function logIn() {
  const token = new URLSearchParams(location.hash.slice(1)).get("token");
  if (!token) return "";
  history.replaceState(null, "", location.pathname);
  try {
    const answer = await fetch("/login", { method: "POST", headers: { Authorization: `Bearer ${token}`, "Content-Type": "application/json" }, body: "{}" });
    return answer.ok ? "" : (await answer.json()).error;
  } catch { return "the dashboard cannot be reached"; }
}

// An answer of the server as JSON; its sentence when it says no.
async function ask(address, body) {
  const options = body === undefined ? {} : { method: "POST", headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) };
  let answer;
  try { answer = await fetch(address, options); } catch { throw new Error("the dashboard cannot be reached: nothing is known of what became of it"); }
  const content = await answer.json().catch(() => ({ error: `the dashboard answered ${answer.status}` }));
  if (!answer.ok) throw new Error(content.error ?? `the dashboard answered ${answer.status}`);
  return content;
}
