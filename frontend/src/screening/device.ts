/** What this device keeps for the sampling desk, by whom, and how it is taken off again.
 *
 * Packages hold names and doors and go at sign-out, at a change of user and when they expire. Entries stay until
 * the server has them: they are encrypted and name people by numbers (guests by the name that was typed).
 */

import { serverNow } from "./time";

const NAME = "gridwell-desk";

/** What is not sent yet. */
export interface Unsent {
  acts: number;
  people: number;
}

/** What another tab is told. */
export type Said = { kind: "acts"; owner: string } | { kind: "left" };

interface Row {
  seq: number;
  owner: string;
  ref: string;
  what: string;
}

type Stored = { expires_at: string } | { sealed: { expires_at: string } };

export function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error);
  });
}

export function ended(transaction: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    transaction.oncomplete = () => resolve();
    transaction.onabort = () => reject(transaction.error);
  });
}

export function openDevice(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore("keys");
    request.result.createObjectStore("packages");
    request.result.createObjectStore("acts", { keyPath: "seq", autoIncrement: true }).createIndex("owner", "owner");
  };
  return done(request);
}

/** Returns the user of an owner: `seats_view.ownerOf` puts them together. */
export function userOf(owner: string): string {
  return owner.split(":")[1] ?? "";
}

export function tellTabs(said: Said): void {
  if (!("BroadcastChannel" in globalThis)) return;
  const channel = new BroadcastChannel(NAME);
  channel.postMessage(said);
  channel.close();
}

export function hearTabs(act: (said: Said) => void): void {
  if (!("BroadcastChannel" in globalThis)) return;
  new BroadcastChannel(NAME).onmessage = (event) => act(event.data as Said);
}

/** Returns the store, or null on a device that has never been a desk: asking makes none. */
async function existing(): Promise<IDBDatabase | null> {
  if (!("indexedDB" in globalThis)) return null;
  const known = await indexedDB.databases?.();
  return known && !known.some((one) => one.name === NAME) ? null : openDevice();
}

function isExpired(stored: Stored): boolean {
  const ends = "sealed" in stored ? stored.sealed.expires_at : stored.expires_at;
  return new Date(ends).getTime() <= serverNow();
}

/** Takes packages off the device, with all that was answered, and returns what is not sent yet and stays.
 *
 * `gone` says of whom; an expired package goes whosever it is.
 */
export async function wipe(gone: (user: string) => boolean): Promise<Unsent> {
  const found: Unsent = { acts: 0, people: 0 };
  const db = await existing();
  if (db === null) return found;
  const transaction = db.transaction(["packages", "acts"], "readwrite");
  const [packages, acts] = [transaction.objectStore("packages"), transaction.objectStore("acts")];
  for (const owner of (await done(packages.getAllKeys())) as string[]) {
    const stored = (await done(packages.get(owner))) as Stored;
    if (gone(userOf(owner)) || isExpired(stored)) packages.delete(owner);
  }
  for (const row of (await done(acts.getAll())) as Row[]) {
    if (!gone(userOf(row.owner))) continue;
    if (row.what !== "waiting") acts.delete(row.seq);
    else {
      found.acts += 1;
      if (row.ref.endsWith("add")) found.people += 1;
    }
  }
  await ended(transaction);
  db.close();
  return found;
}

/** Returns what a person has not sent yet; nothing is changed. */
export async function unsentOf(user: string): Promise<Unsent> {
  const found: Unsent = { acts: 0, people: 0 };
  const db = await existing();
  if (db === null) return found;
  const rows = (await done(db.transaction("acts").objectStore("acts").getAll())) as Row[];
  for (const row of rows) {
    if (row.what !== "waiting" || userOf(row.owner) !== user) continue;
    found.acts += 1;
    if (row.ref.endsWith("add")) found.people += 1;
  }
  db.close();
  return found;
}
