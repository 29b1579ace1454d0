// Kill switch, cancel all, flatten: the server says what would be done, asks again, does it and says what stands.
const NAMES = { kill: "Turn the kill switch on", release: "Turn the kill switch off", "cancel-all": "Cancel all open orders", flatten: "Flatten the account" };
const DOING = "Being done";

class Asking {
  constructor() {
    this.dialog = byId("ask");
    byId("ask-no").addEventListener("click", () => this.dialog.close());
    byId("ask-yes").addEventListener("click", () => this.go());
    this.dialog.addEventListener("cancel", event => { if (this.busy) event.preventDefault(); });
    byId("kill").addEventListener("click", () => this.begin(byId("kill").getAttribute("aria-pressed") === "true" ? "release" : "kill"));
    byId("cancel-all").addEventListener("click", () => this.begin("cancel-all"));
    byId("flatten").addEventListener("click", () => this.begin("flatten"));
  }

  begin(command) {
    this.command = command;
    write(byId("ask-title"), NAMES[command]);
    this.dialog.showModal();
    this.send({ command });
  }

  go() { if (this.id) this.send({ id: this.id }); else this.dialog.close(); }

  async send(body) {
    this.id = null;
    this.wait(true, body.id && this.step === 2 ? DOING : "Asking");
    try {
      const answer = await ask("/commands", body);
      this.step = answer.step;
      this.id = answer.step < 3 ? answer.id : null;
      this.tell(answer.lines, answer.stands);
      write(byId("ask-yes"), answer.step === 1 ? "Go on" : answer.step === 2 ? `Yes, ${NAMES[this.command].toLowerCase()}` : "Close");
    } catch (error) {
      this.step = 3;
      this.tell([error.message]);
      write(byId("ask-yes"), "Close");
    }
    byId("ask-no").hidden = this.step === 3;
    this.wait(false);
    byId(this.step === 3 ? "ask-yes" : "ask-no").focus();
  }

  wait(busy, word) {
    this.busy = busy;
    byId("ask-yes").disabled = byId("ask-no").disabled = busy;
    if (busy) { byId("ask-no").hidden = false; this.tell([`${word}...`]); }
  }

  tell(lines, stands) {
    const made = lines.map(line => element("p", {}, line));
    if (stands) made.push(element("h3", {}, "What stands now"), ...stands.map(line => element("p", {}, line)));
    byId("ask-lines").replaceChildren(...made);
  }
}
