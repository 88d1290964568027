/** The sampling desk that works without network: one field, one tube, and what waits to be sent. */

import { cookie, word } from "../core/dom";
import { joined } from "../core/words";
import { Desk } from "./desk";
import type { Act, Content, Outcome, Person, Stamp } from "./desk";
import { hearTabs, unsentOf, userOf } from "./device";
import { readEntry } from "./entry";
import { digestOf, importKey, isSigned } from "./seal";
import type { Sealed } from "./seal";
import { chooseSeat, ownDesk, ownerOf, startKit } from "./seats_view";
import type { Seat } from "./seats_view";
import { PART, sendPart } from "./sending";
import type { Tally, Wire } from "./sending";
import { askTime, keepShell } from "./shell";
import { Store } from "./store";
import type { Kept } from "./store";
import { hear, serverNow } from "./time";
import { MOST } from "./tube";

const RETRY = 5_000;
const TWICE = 80; // milliseconds: faster than a hand, a scanner that ends with Enter twice
const HARMLESS = new Set(["already_in_tube", "tube_in_hand"]);
const HEARD = 60_000; // a device that has nothing to send says so once a minute

function part<T extends HTMLElement = HTMLElement>(name: string): T {
  return document.querySelector<T>(`[data-desk-${name}]`)!;
}

class App {
  private desk: Desk | null = null;
  private content: Content | null = null;
  private busy: Promise<unknown> = Promise.resolve();
  private isSending = false;
  private wrong = "";
  private meant: Person[] = [];
  private heardAt = 0;

  constructor(
    private readonly root: HTMLElement,
    private readonly store: Store,
    private readonly seat: Seat,
    private readonly device: string,
  ) {}

  /** Returns an address of the round that the person sits at. */
  private address(name: string): string {
    return (this.root.dataset[name] ?? "").replace("/0/", `/${this.seat.round}/`);
  }

  private say(code: string): string {
    return this.root.getAttribute(`data-say-${code.replaceAll("_", "-")}`) ?? word(code);
  }

  private readonly wire: Wire = {
    fetch: (url, init) => fetch(url, init),
    token: () => cookie("csrftoken") || (document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? ""),
    now: () => new Date().toISOString(),
  };

  private get stamp(): Stamp {
    return { at: new Date().toISOString(), newRef: () => crypto.randomUUID().replaceAll("-", "") };
  }

  async start(): Promise<void> {
    this.listen(); // before anything can be seen: what is scanned while the desk is laid waits its turn
    this.queue(async () => {
      await this.store.tidy();
      await this.load();
    });
    await this.busy;
    await this.adopt();
    await this.send();
    if (this.seat.round && (navigator.onLine || this.desk === null)) await this.refresh();
    setInterval(() => void this.send(), RETRY);
    addEventListener("online", () => void this.send());
    hearTabs((said) => {
      if (said.kind === "left") this.leave();
      else if (said.owner === this.store.owner) this.queue(() => this.build());
    });
    await this.showOthers();
  }

  /** Signed out in another tab: nothing stays on this one. The server has heard of it a moment later. */
  private leave(): void {
    this.desk = null;
    this.content = null;
    part("work").hidden = true;
    part("in").replaceChildren();
    this.showMeant([]);
    this.clearSaid();
    setTimeout(() => location.replace("/"), 1_000);
  }

  /** Says that somebody else's entries wait on this device: only they can send them. */
  private async showOthers(): Promise<void> {
    const users = new Set((await this.store.owners()).map(userOf).filter((user) => user !== this.seat.user));
    let people = 0;
    for (const user of users) people += (await unsentOf(user)).people;
    const box = part("others");
    box.hidden = people === 0;
    box.querySelector("b")!.textContent = String(people);
  }

  /** Opens the package that is on the device and builds the desk from it and from what was done. */
  private async load(): Promise<void> {
    const kept = await this.store.package();
    this.content = null;
    if (kept === undefined) return this.warn("no_bundle");
    const ends = "box" in kept ? kept.expires_at : kept.sealed.expires_at;
    if (new Date(ends).getTime() <= serverNow()) {
      await this.store.dropPackage();
      return this.warn("expired");
    }
    try {
      this.content = (await this.store.content(kept)) as Content;
    } catch {
      await this.store.dropPackage();
      return this.warn("forged");
    }
    this.warn("");
    await this.build();
  }

  private async build(): Promise<void> {
    if (this.content === null) return;
    const acts: Act[] = [];
    for (const row of await this.store.kept()) {
      if (row.what !== "refused") acts.push(await this.store.read(row));
    }
    this.desk = new Desk(this.content, acts);
    await this.show();
  }

  /** Offers to send into this round what was sampled on this device before the round was known. */
  private async adopt(): Promise<void> {
    const before = ownerOf({ ...this.seat, round: 0, desk: ownDesk(this.seat.user) });
    const rows = this.seat.round ? (await this.store.of(before).kept()).filter((row) => row.what === "waiting") : [];
    const box = part("adopt");
    box.hidden = rows.length === 0;
    if (rows.length === 0) return;
    box.querySelector("b")!.textContent = String(rows.filter((row) => row.ref.endsWith("add")).length);
    box.querySelector("button")!.addEventListener("click", () => {
      box.hidden = true;
      this.queue(async () => {
        await this.store.adopt(before);
        await this.build();
        await this.send();
      });
    });
  }

  /** Fetches a fresh package; what is on the device stays when that fails. */
  private async refresh(): Promise<void> {
    const headers = { "X-CSRFToken": this.wire.token() };
    try {
      const answer = await fetch(this.address("bundle"), { method: "POST", headers, redirect: "manual" });
      if (!answer.ok) return;
      const sealed = (await answer.json()) as Sealed;
      hear(sealed.now);
      if (!(await isSigned(sealed, this.root.dataset["proof"] ?? ""))) return this.warn("forged");
      const body = new URLSearchParams({ ref: sealed.ref });
      const handed = await fetch(this.address("key"), { method: "POST", headers, body, redirect: "manual" });
      if (!handed.ok) return;
      const { key } = (await handed.json()) as { key: string };
      await this.store.keepPackage({ sealed, key: await importKey(key) });
      await this.load();
    } catch {
      await this.show(); // no network: the desk goes on with what it has
    }
  }

  private warn(code: string): void {
    this.warnWords(code ? this.say(code) : "");
  }

  private warnWords(words: string): void {
    const box = part("warn");
    box.hidden = words === "";
    box.textContent = words;
  }

  /** One thing after another: a scanner types faster than a disk writes. */
  private queue(work: () => Promise<void>): void {
    this.busy = this.busy.then(work, work);
  }

  private async done(outcome: Outcome): Promise<boolean> {
    if ("refusal" in outcome) {
      this.tell(`${outcome.about ? `${outcome.about}: ` : ""}${this.say(outcome.refusal)}`, !HARMLESS.has(outcome.refusal));
      return false;
    }
    if ("meant" in outcome) {
      this.clearSaid(); // what was said of the scan before would be read as said of this one
      this.showMeant(outcome.meant);
      return true;
    }
    await this.store.add(outcome.acts);
    this.showMeant([]);
    this.tell(this.told(outcome.acts), false);
    await this.show();
    void this.send();
    return true;
  }

  private told(acts: readonly Act[]): string {
    const names = acts
      .filter((act) => act.act === "add")
      .map((act) => this.desk?.people.get(String(act.body["person"]))?.name ?? "");
    const tube = this.desk?.tube;
    return `${joined(names)}${names.length ? " ✓ " : ""}${tube ? `${tube.code} ${tube.inside.length}/${MOST[tube.pool]}` : ""}`;
  }

  private tell(text: string, isBad: boolean): void {
    const box = part("said");
    box.textContent = text;
    box.classList.toggle("is-bad", isBad);
    navigator.vibrate?.(isBad ? [120, 80, 120] : 40); // eyes are on the swab, not on the screen
  }

  private clearSaid(): void {
    const box = part("said");
    box.textContent = "";
    box.classList.remove("is-bad");
  }

  private async scan(text: string, isSingle: boolean, isTube = false): Promise<void> {
    const desk = this.desk;
    if (desk === null || this.content === null) return this.tell(this.say("no_bundle"), true);
    if (text === "") return this.meant.length > 0 ? void (await this.putAll()) : undefined;
    const picked = /^\d$/.test(text) ? this.meant[Number(text) - 1] : undefined;
    if (picked) return void (await this.done(desk.add(picked.key, this.stamp)));
    this.showMeant([]); // or Enter would put in whom the scan before meant
    const typed = readEntry(text);
    const entry = isTube ? typed : desk.asDoor(typed);
    const digest = entry.kind === "document" ? await digestOf(this.content.key, entry.value) : "";
    await this.done(desk.scan(entry, this.stamp, { isSingle, digest }));
    this.offerTube(entry === typed ? "" : typed.value);
  }

  /** Figures that were read as a door may be a tube all the same. */
  private offerTube(code: string): void {
    const box = part("or-tube");
    box.hidden = code === "";
    box.querySelector("b")!.textContent = code;
  }

  private async putAll(): Promise<void> {
    const desk = this.desk!;
    const purpose = desk.open?.purpose ?? "pool";
    const keys = this.meant.filter((one) => !desk.tubeOf(one.key, purpose)).map((one) => one.key);
    await this.done(keys.length ? desk.addAll(keys, this.stamp) : { refusal: "in_other_tube" });
  }

  private listen(): void {
    const scan = part<HTMLFormElement>("scan");
    const field = scan.elements.namedItem("entry") as HTMLInputElement;
    const single = scan.elements.namedItem("single") as HTMLInputElement;
    let before = -Infinity;
    scan.addEventListener("submit", (event) => {
      event.preventDefault();
      const since = event.timeStamp - before;
      before = event.timeStamp;
      if (field.value.trim() === "" && since < TWICE) return;
      const text = field.value.trim();
      field.value = "";
      this.queue(() => this.scan(text, single.checked));
    });
    const act = (name: string, make: () => Outcome): void => {
      part(name).addEventListener("click", () => {
        this.queue(async () => void (this.desk && (await this.done(make()))));
        field.focus();
      });
    };
    act("undo", () => this.desk!.undo(this.stamp));
    act("close", () => this.desk!.close(this.stamp));
    part("noted").addEventListener("click", () => {
      this.queue(async () => {
        const rows = (await this.store.kept()).filter((row) => row.what === "refused");
        await this.store.answer(rows.map(({ said: _seen, ...row }) => row));
        await this.showWaiting();
      });
    });
    part<HTMLAnchorElement>("settle").href = this.address("entries");
    part("or-tube").addEventListener("click", (event) => {
      const code = part("or-tube").querySelector("b")!.textContent;
      if (!(event.target as Element).closest("button")) return;
      this.queue(() => this.scan(code, single.checked, true));
      field.focus();
    });
    part("all").addEventListener("click", () => {
      this.queue(() => this.putAll());
      field.focus();
    });
    this.listenGuest();
    this.listenCorrect();
    addEventListener("offline", () => void this.show());
  }

  private listenGuest(): void {
    const form = part<HTMLFormElement>("guest");
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const data = new FormData(form);
      const of = (name: string): string => String(data.get(name) ?? "").trim();
      this.queue(async () => {
        if (this.desk === null) return;
        const door = readEntry(of("door")).value;
        if (await this.done(this.desk.guest(of("name"), door, of("phone"), this.stamp))) form.reset();
      });
    });
  }

  private listenCorrect(): void {
    const form = part<HTMLFormElement>("correct");
    part("in").addEventListener("click", (event) => {
      const button = (event.target as Element).closest<HTMLButtonElement>("button[data-sample]");
      if (button === null) return;
      this.wrong = button.dataset["sample"]!;
      part("wrong").textContent = button.dataset["name"] ?? "";
      form.hidden = false;
      (form.elements.namedItem("right") as HTMLInputElement).focus();
    });
    part("correct-not").addEventListener("click", () => (form.hidden = true));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const data = new FormData(form);
      this.queue(() => this.correct(form, String(data.get("right") ?? "").trim(), String(data.get("reason") ?? "")));
    });
  }

  private async correct(form: HTMLFormElement, text: string, reason: string): Promise<void> {
    if (this.desk === null || this.content === null) return;
    let key = "";
    if (text !== "") {
      const entry = this.desk.asDoor(readEntry(text), "");
      const digest = entry.kind === "document" ? await digestOf(this.content.key, entry.value) : "";
      const purpose = this.desk.purposeOf(this.wrong);
      const meant = this.desk.meant(entry, digest).filter((one) => !this.desk!.tubeOf(one.key, purpose));
      if (meant.length !== 1) return this.tell(this.say(meant.length ? "who_instead" : "nobody_meant"), true);
      key = meant[0]!.key;
    }
    if (await this.done(this.desk.correct(this.wrong, key, reason, this.stamp))) {
      form.reset();
      form.hidden = true;
    }
  }

  private showMeant(people: Person[]): void {
    this.meant = people;
    this.offerTube("");
    const box = part("meant");
    box.hidden = people.length === 0;
    box.querySelector("h2")!.textContent = [...new Set(people.map((one) => one.door))].join(" · ");
    const purpose = this.desk?.open?.purpose ?? "pool";
    box.querySelector("ul")!.replaceChildren(
      ...people.map((person, at) => {
        const line = document.createElement("li");
        const button = document.createElement("button");
        const tube = this.desk?.tubeOf(person.key, purpose) ?? "";
        button.type = "button";
        button.className = "btn";
        button.disabled = tube !== "";
        button.textContent = `${at + 1} ${person.name}`;
        button.addEventListener("click", () => this.queue(async () => void (await this.done(this.desk!.add(person.key, this.stamp)))));
        const more = [tube || person.door, person.isExempt ? this.say("exempt") : "", person.atDoor ? this.say("at_door") : ""];
        line.append(button, ` ${more.filter(Boolean).join(" · ")}`);
        return line;
      }),
    );
  }

  private showWhere(): void {
    const round = this.content?.round;
    const where = part("where");
    if (round && where.textContent === "") where.textContent = [round.community, round.id ? round.on : this.say("no_round")].join(" · ");
  }

  private async show(): Promise<void> {
    this.showWhere();
    const tube = this.desk?.tube ?? null;
    const heading = part("tube");
    const count = tube ? `${tube.code}  ${tube.inside.length} / ${MOST[tube.pool]}  ${this.say(tube.state)}` : (heading.dataset["none"] ?? "");
    heading.textContent = count;
    const ask = part("ask");
    ask.textContent = (this.desk?.open ? ask.dataset["person"] : ask.dataset["tube"]) ?? "";
    const list = part("in");
    list.replaceChildren(
      ...(tube?.inside ?? []).map((inside) => {
        const person = this.desk!.people.get(inside.key);
        const line = document.createElement("li");
        const name = document.createElement("b");
        const button = document.createElement("button");
        name.textContent = person?.name ?? "";
        button.type = "button";
        button.className = "btn is-small is-quiet";
        button.textContent = list.dataset["wrong"] ?? "";
        button.dataset["sample"] = inside.sample;
        button.dataset["name"] = person?.name ?? "";
        line.append(name, ` ${person?.door ?? ""} `, button);
        return line;
      }),
    );
    await this.showWaiting();
  }

  private async showWaiting(): Promise<void> {
    const kept = await this.store.kept();
    const waiting = kept.filter((row) => row.what === "waiting").length;
    const refused = kept.filter((row) => row.what === "refused");
    const wait = part("wait");
    wait.textContent = waiting ? `${waiting} ${this.say("waiting")}` : `${this.desk?.sampled ?? 0} ${this.say("done")} · ${this.say("all_sent")}`;
    wait.classList.toggle("tone-warn", waiting > 0);
    const net = part("net");
    net.textContent = this.say(navigator.onLine ? "online" : "offline");
    net.classList.toggle("tone-ok", navigator.onLine);
    net.classList.toggle("tone-bad", !navigator.onLine);
    const told = refused.filter((row) => row.said !== undefined);
    this.showRefused(await Promise.all(told.map((row) => this.store.words(row.said!))));
  }

  /** Says what was not taken, each reason once, until the person has seen it; it is settled on a page of its own. */
  private showRefused(said: string[]): void {
    const box = part("refused");
    box.hidden = said.length === 0;
    const counts = new Map<string, number>();
    for (const words of said) counts.set(words, (counts.get(words) ?? 0) + 1);
    box.querySelector("ul")!.replaceChildren(
      ...[...counts].map(([words, count]) => {
        const line = document.createElement("li");
        line.textContent = `${this.say("refused")}: ${words}${count > 1 ? ` ×${count}` : ""}`;
        return line;
      }),
    );
  }

  /** Sends what waits, oldest first; stops at the first part without an answer. */
  private async send(): Promise<void> {
    if (this.isSending) return;
    this.isSending = true;
    try {
      while (this.seat.round && (await this.sendSome()));
    } finally {
      this.isSending = false;
      await this.showWaiting();
    }
  }

  private async sendSome(): Promise<boolean> {
    const all = await this.store.kept();
    const waiting = all.filter((row) => row.what === "waiting");
    const rows = waiting.slice(0, PART);
    if (rows.length === 0 && Date.now() - this.heardAt < HEARD) return false;
    const acts = await Promise.all(rows.map((row) => this.store.read(row)));
    const rest = waiting.slice(PART);
    const people = rest.filter((row) => row.ref.endsWith("add")).length;
    const tally: Tally = { device: this.device, made: all.length, waiting: rest.length, people };
    const sent = await sendPart(this.wire, this.address("send"), this.seat.desk, acts, tally);
    if (sent === "sign_in") this.warn(sent);
    if (typeof sent === "string") return false;
    if ("words" in sent) {
      this.warnWords(sent.words);
      return false;
    }
    this.heardAt = Date.now();
    hear(sent.now);
    this.warn(Math.abs(sent.ahead) > 120 ? "clock" : "");
    const answers = new Map(sent.answers.map((one) => [one.ref + one.act, one]));
    const answered: Kept[] = [];
    for (const row of rows) {
      const answer = answers.get(row.ref);
      if (answer?.what === "refused") answered.push({ ...row, what: "refused", said: await this.store.shut(answer.words) });
      else if (answer) answered.push({ ...row, what: "taken" });
    }
    await this.store.answer(answered);
    if (answered.some((row) => row.what === "refused")) this.queue(() => this.build());
    return rows.length > 0 && answered.length === rows.length;
  }
}

async function start(): Promise<void> {
  const root = document.querySelector<HTMLElement>("[data-desk-app]");
  if (root === null) return;
  const { round, user, desk, worker, shell } = root.dataset;
  if (!isSecureContext || !("indexedDB" in window) || !crypto.subtle) {
    const warn = part("warn");
    warn.hidden = false;
    warn.textContent = root.dataset["sayInsecure"] ?? "";
    return;
  }
  const asked = { round: Number(round), user: user ?? "", desk: desk ?? "" };
  const store = await Store.at(ownerOf(asked));
  const keep = async (): Promise<void> => {
    try {
      if ("serviceWorker" in navigator) await keepShell(worker!, shell!);
      root.dataset["kept"] = "";
    } catch (fault) {
      root.dataset["fault"] = String(fault);
    }
  };
  startKit(root, store, asked);
  if (asked.round === 0) await askTime(worker!);
  if (asked.round === 0) await keep(); // before anybody chooses: this page is what a day without the server opens
  const seat = asked.round ? asked : await chooseSeat(root, store, asked);
  const app = new App(root, store.of(ownerOf(seat)), seat, await store.device());
  const started = app.start();
  part("work").hidden = false;
  part<HTMLDetailsElement>("from").open = false;
  document.getElementById("entry")?.focus();
  await started;
  if (asked.round) await keep();
  root.dataset["ready"] = "";
}

void start();
