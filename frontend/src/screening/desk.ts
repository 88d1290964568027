/** The desk as it stands: what the package says, with everything done here since. No browser, no clock.
 *
 * Nothing is stored but the acts; the state is what they add up to. An act that the server refused
 * is left out when the desk is built again.
 */

import { mayBeDoor } from "./entry";
import type { Entry } from "./entry";
import { MOST, entryRefusal, isFull, meantCode } from "./tube";

/** key, name, door, household, digest of the ID number, flags (1 at the door, 2 exempt), tube. */
export type PersonRow = [string, string, number, string, string, number, string];
export type DoorRow = [string, string, string];

/** An open tube of the desk: its ref, code, pool, purpose, and who is in it (sample, key). */
export type TubeRow = [string, string, string, string, [string, string][]];

export interface Content {
  round: { id: number; pool: string; most: number; community: string; on: string };
  made_at: string;
  expires_at: string;
  key: string;
  doors: DoorRow[];
  desks?: [string, string][];
  people: PersonRow[];
  tubes?: TubeRow[];
  codes?: string[];
}

export interface Person {
  key: string;
  name: string;
  door: string;
  doorAt: number;
  home: string;
  digest: string;
  atDoor: boolean;
  isExempt: boolean;
  tube: string;
}

export type Body = Record<string, string | boolean>;

export interface Act {
  ref: string;
  act: "open" | "add" | "undo" | "correct" | "close" | "guest";
  at: string;
  body: Body;
}

export interface Inside {
  sample: string;
  key: string;
}

export interface Tube {
  ref: string;
  code: string;
  pool: string;
  purpose: string;
  state: "open" | "closed";
  inside: Inside[];
}

export interface Stamp {
  at: string;
  newRef: () => string;
}

/** What came of something done: acts to keep, or why not, or who may be meant. */
export type Outcome = { acts: Act[] } | { refusal: string; about?: string } | { meant: Person[] };

export class Desk {
  readonly people = new Map<string, Person>();
  readonly tubes: Tube[] = [];
  private readonly codes = new Set<string>();
  private readonly byDigest = new Map<string, Person>();
  private readonly pools = new Map<string, string>(); // person -> tube of the pool purpose
  private unsure = ""; // a code that was asked about

  constructor(
    readonly content: Content,
    acts: readonly Act[] = [],
  ) {
    for (const row of content.people) this.take(row);
    for (const code of content.codes ?? []) this.codes.add(code);
    const opened = new Set(acts.filter((act) => act.act === "open").map((act) => act.ref));
    for (const row of content.tubes ?? []) if (!opened.has(row[0])) this.stand(row);
    for (const act of acts) this.apply(act);
  }

  /** Takes over a tube that was left open at this desk: by who signed out, or on another device. */
  private stand([ref, code, pool, purpose, inside]: TubeRow): void {
    this.codes.add(code);
    this.tubes.push({ ref, code, pool, purpose, state: "open", inside: inside.map(([sample, key]) => ({ sample, key })) });
  }

  private take(row: PersonRow): void {
    const [key, name, doorAt, home, digest, flags, tube] = row;
    const door = this.content.doors[doorAt]?.[1] || this.content.doors[doorAt]?.[2] || "";
    const person = { key, name, door, doorAt, home, digest, atDoor: !!(flags & 1), isExempt: !!(flags & 2), tube };
    this.people.set(key, person);
    if (digest) this.byDigest.set(digest, person);
    if (tube) this.pools.set(key, tube);
  }

  get tube(): Tube | null {
    return this.tubes.at(-1) ?? null;
  }

  /** Returns the tube that takes people now. */
  get open(): Tube | null {
    return this.tube?.state === "open" ? this.tube : null;
  }

  get sampled(): number {
    return this.tubes.reduce((sum, tube) => sum + tube.inside.length, 0);
  }

  /** Returns the tube that holds a person already, for this kind of tube. */
  tubeOf(key: string, purpose: string): string {
    if (purpose === "pool") return this.pools.get(key) ?? "";
    return this.tubes.find((tube) => tube.purpose === purpose && tube.inside.some((one) => one.key === key))?.code ?? "";
  }

  /** Returns what the tube of a sample is for: who gave a pooled one may still give a single one. */
  purposeOf(sample: string): string {
    return this.tubes.find((tube) => tube.inside.some((one) => one.sample === sample))?.purpose ?? "pool";
  }

  /** Does what an act says; acts of tubes that are not known here change nothing. */
  apply(act: Act): void {
    const body = act.body;
    if (act.act === "open") {
      const purpose = String(body.purpose ?? "pool");
      const pool = purpose === "single" ? "single" : this.content.round.pool;
      const code = String(body.code);
      this.codes.add(code);
      this.tubes.push({ ref: act.ref, code, pool, purpose, state: "open", inside: [] });
    } else if (act.act === "guest") {
      const at = this.content.doors.findIndex((door) => door[0] === body.door);
      this.take([`g:${act.ref}`, String(body.name), at, `guest${at}`, "", 0, ""]);
    } else if (act.act === "add") {
      const tube = this.tubes.find((one) => one.ref === body.tube);
      if (tube === undefined || tube.inside.some((one) => one.sample === act.ref)) return;
      tube.inside.push({ sample: act.ref, key: String(body.person) });
      if (tube.purpose === "pool") this.pools.set(String(body.person), tube.code);
      if (isFull(tube.pool, tube.inside.length)) tube.state = "closed";
    } else if (act.act === "close") {
      const tube = this.tubes.find((one) => one.ref === body.tube);
      if (tube) tube.state = "closed";
    } else this.change(act);
  }

  private change(act: Act): void {
    const sample = String(act.body.sample);
    const tube = this.tubes.find((one) => one.inside.some((inside) => inside.sample === sample));
    if (tube === undefined) return;
    const at = tube.inside.findIndex((inside) => inside.sample === sample);
    if (tube.purpose === "pool") this.pools.delete(tube.inside[at]!.key);
    const right = act.act === "correct" ? String(act.body.person ?? "") : "";
    if (right && !tube.inside.some((inside) => inside.sample === act.ref)) {
      tube.inside[at] = { sample: act.ref, key: right };
      if (tube.purpose === "pool") this.pools.set(right, tube.code);
    } else {
      tube.inside.splice(at, 1);
      if (act.act === "undo") tube.state = "open";
    }
  }

  private keep(...acts: Act[]): Outcome {
    for (const act of acts) this.apply(act);
    return { acts };
  }

  /** Returns a tube's figures as a door when one is written so without its dashes, else the entry. */
  asDoor(entry: Entry, before = this.tube?.code ?? ""): Entry {
    if (entry.kind !== "tube" || !mayBeDoor(entry.value, before)) return entry;
    const isDoor = this.content.doors.some((door) => door[1].replaceAll("-", "") === entry.value);
    return isDoor ? { kind: "door", value: entry.value } : entry;
  }

  /** Returns what a scan leads to. `digest` is that of an ID number, made by whoever has the key. */
  scan(entry: Entry, stamp: Stamp, options: { isSingle?: boolean; digest?: string } = {}): Outcome {
    if (entry.kind === "tube") return this.openTube(entry.value, stamp, !!options.isSingle);
    if (entry.kind === "bad_document" || entry.kind === "bad_code") return { refusal: entry.kind };
    if (entry.kind === "unknown" || entry.kind === "nothing") return { refusal: "entry_unknown" };
    const meant = this.meant(entry, options.digest ?? "");
    if (meant.length === 0) return { refusal: "nobody_meant" };
    if (this.open === null) return { refusal: "no_tube_open" };
    if (entry.kind === "card" || entry.kind === "door") return { meant };
    return this.add(meant[0]!.key, stamp);
  }

  /** Returns whom an entry means. */
  meant(entry: Entry, digest: string): Person[] {
    if (entry.kind === "person") {
      return [`r:${entry.value}`, `g:${entry.value}`].flatMap((key) => this.people.get(key) ?? []);
    }
    if (entry.kind === "document") {
      const found = this.byDigest.get(digest);
      return found ? [found] : [];
    }
    const all = [...this.people.values()];
    if (entry.kind === "card") return all.filter((person) => person.home === entry.value);
    const doors = this.doors(entry.value);
    return all.filter((person) => doors.has(person.doorAt));
  }

  /** Returns the doors that a typed text means. */
  doors(text: string): Set<number> {
    const numbered = this.content.doors.map((door, at) => [at, door] as const);
    const of = (test: (door: DoorRow) => boolean): Set<number> =>
      new Set(numbered.filter(([, door]) => test(door)).map(([at]) => at));
    for (const test of [
      (door: DoorRow) => door[1].toUpperCase() === text,
      (door: DoorRow) => door[1].replaceAll("-", "") === text,
      (door: DoorRow) => door[1].endsWith(`-${text}`),
      (door: DoorRow) => door[2].toUpperCase().includes(text),
    ]) {
      const found = of(test);
      if (found.size > 0) return found;
    }
    return new Set();
  }

  openTube(code: string, stamp: Stamp, isSingle: boolean): Outcome {
    if (this.open?.code === code) return { refusal: "tube_in_hand", about: code };
    if (this.codes.has(code)) return { refusal: "tube_used", about: code };
    const meant = meantCode(code, this.tube?.code ?? "");
    if (meant && this.unsure !== code) {
      this.unsure = code;
      return { refusal: "tube_odd", about: meant };
    }
    const acts: Act[] = [];
    const before = this.open;
    if (before && before.inside.length > 0) acts.push(this.closing(before, stamp));
    const purpose = isSingle ? "single" : "pool";
    acts.push({ ref: stamp.newRef(), act: "open", at: stamp.at, body: { code, purpose } });
    return this.keep(...acts);
  }

  add(key: string, stamp: Stamp): Outcome {
    const tube = this.open;
    const person = this.people.get(key);
    if (person === undefined) return { refusal: "nobody_meant" };
    if (tube === null) return { refusal: this.tube ? "tube_closed" : "no_tube_open" };
    const first = this.people.get(tube.inside[0]?.key ?? "");
    const facts = { state: tube.state, pool: tube.pool, people: tube.inside.map((one) => one.key), household: first?.home ?? null };
    const refusal = entryRefusal(facts, key, person.home);
    if (refusal !== null) return { refusal, about: person.name };
    if (this.tubeOf(key, tube.purpose)) return { refusal: "in_other_tube", about: person.name };
    return this.keep({
      ref: stamp.newRef(),
      act: "add",
      at: stamp.at,
      body: { tube: tube.ref, person: key, at_door: person.atDoor },
    });
  }

  /** Puts several people in, in order, and stops where one is refused or the tube is full. */
  addAll(keys: readonly string[], stamp: Stamp): Outcome {
    const acts: Act[] = [];
    for (const key of keys) {
      const done = this.add(key, stamp);
      if ("acts" in done) acts.push(...done.acts);
      else if (acts.length === 0) return done;
      else break;
    }
    return { acts };
  }

  private closing(tube: Tube, stamp: Stamp): Act {
    return { ref: stamp.newRef(), act: "close", at: stamp.at, body: { tube: tube.ref } };
  }

  close(stamp: Stamp): Outcome {
    const tube = this.open;
    if (tube === null) return { refusal: "no_tube_open" };
    if (tube.inside.length === 0) return { refusal: "tube_empty" };
    return this.keep(this.closing(tube, stamp));
  }

  undo(stamp: Stamp): Outcome {
    const last = this.tube?.inside.at(-1);
    if (last === undefined) return { refusal: "nothing_to_undo" };
    return this.keep({ ref: stamp.newRef(), act: "undo", at: stamp.at, body: { sample: last.sample } });
  }

  /** Says that a sample is of somebody else; an empty key takes the person out. */
  correct(sample: string, key: string, reason: string, stamp: Stamp): Outcome {
    if (reason.trim() === "") return { refusal: "reason_missing" };
    const tube = this.tubes.find((one) => one.inside.some((inside) => inside.sample === sample));
    if (tube === undefined) return { refusal: "nobody_meant" };
    const held = key ? this.tubeOf(key, tube.purpose) : "";
    if (held) return { refusal: held === tube.code ? "already_in_tube" : "in_other_tube" };
    return this.keep({ ref: stamp.newRef(), act: "correct", at: stamp.at, body: { sample, person: key, reason } });
  }

  /** Adds somebody who is not on the list, and puts them into the open tube. */
  guest(name: string, door: string, phone: string, stamp: Stamp): Outcome {
    const found = [...this.doors(door)];
    if (found.length === 0) return { refusal: "door_unknown" };
    if (found.length > 1) return { refusal: "several_doors" };
    const ref = stamp.newRef();
    const body = { name, door: this.content.doors[found[0]!]![0], phone };
    const made: Act = { ref, act: "guest", at: stamp.at, body };
    this.apply(made);
    if (this.open === null) return { acts: [made] };
    const put = this.add(`g:${ref}`, stamp);
    return { acts: "acts" in put ? [made, ...put.acts] : [made] };
  }

  /** Returns how many may still go into the tube in hand. */
  get room(): number {
    const tube = this.open;
    return tube ? (MOST[tube.pool] ?? 0) - tube.inside.length : 0;
  }
}
