/** What the device keeps: the package with its key, and every act until the server has answered it. */

import type { Act } from "./desk";
import { done, ended, openDevice, tellTabs } from "./device";
import { newDeviceKey, openSealed, shut, unshut } from "./seal";
import type { Box, Sealed } from "./seal";

export interface Kept {
  seq?: number;
  owner: string;
  ref: string;
  what: "waiting" | "taken" | "refused";
  said?: Box; // why it was refused, which may name somebody
  box: Box;
  kept_at: number;
}

/** A package from the server with its key, or one out of a kit, shut with this device's own key. */
export type Package = { sealed: Sealed; key: CryptoKey } | { box: Box; expires_at: string };

const KEEP = 3 * 86_400_000;

/** Returns a value of the device, made when it is asked for the first time. */
async function kept<T>(db: IDBDatabase, name: string, make: () => Promise<T>): Promise<T> {
  const found = (await done(db.transaction("keys").objectStore("keys").get(name))) as T | undefined;
  if (found !== undefined) return found;
  const made = await make();
  await done(db.transaction("keys", "readwrite").objectStore("keys").put(made, name));
  return made;
}

/** The store of one round and one person on this device. */
export class Store {
  private constructor(
    private readonly db: IDBDatabase,
    private readonly key: CryptoKey,
    readonly owner: string,
  ) {}

  static async at(owner: string): Promise<Store> {
    const db = await openDevice();
    return new Store(db, await kept(db, "device", newDeviceKey), owner);
  }

  /** Returns the same store for another round, person or desk. */
  of(owner: string): Store {
    return new Store(this.db, this.key, owner);
  }

  /** Returns the number by which the server knows this device. It says nothing of the person. */
  async device(): Promise<string> {
    return kept(this.db, "name", () => Promise.resolve(crypto.randomUUID()));
  }

  /** Returns who has a package or entries on this device. */
  async owners(): Promise<string[]> {
    const packages = (await done(this.table("packages").getAllKeys())) as string[];
    const acts = (await done(this.table("acts").getAll())) as Kept[];
    return [...new Set([...packages, ...acts.map((act) => act.owner)])];
  }

  private table(name: string, mode: IDBTransactionMode = "readonly"): IDBObjectStore {
    return this.db.transaction(name, mode).objectStore(name);
  }

  async package(): Promise<Package | undefined> {
    return done(this.table("packages").get(this.owner)) as Promise<Package | undefined>;
  }

  async keepPackage(value: Package): Promise<void> {
    await done(this.table("packages", "readwrite").put(value, this.owner));
  }

  async dropPackage(): Promise<void> {
    await done(this.table("packages", "readwrite").delete(this.owner));
  }

  async keepContent(content: unknown, expires_at: string): Promise<void> {
    await this.keepPackage({ box: await shut(this.key, content), expires_at });
  }

  /** Returns what is in a package. Throws when it was changed, or is of another device. */
  async content(value: Package): Promise<unknown> {
    return "box" in value ? unshut(this.key, value.box) : openSealed(value.sealed, value.key);
  }

  /** Takes over what another owner has not sent yet: entries made before the round was known. */
  async adopt(owner: string): Promise<number> {
    const rows = (await this.of(owner).kept()).filter((row) => row.what === "waiting");
    await this.answer(rows.map((row) => ({ ...row, owner: this.owner })));
    return rows.length;
  }

  async kept(): Promise<Kept[]> {
    return done(this.table("acts").index("owner").getAll(this.owner)) as Promise<Kept[]>;
  }

  async read(kept: Kept): Promise<Act> {
    return (await unshut(this.key, kept.box)) as Act;
  }

  /** Keeps acts on disk, all or none; only then has the desk done them. */
  async add(acts: readonly Act[]): Promise<void> {
    const rows: Kept[] = [];
    for (const act of acts) {
      const box = await shut(this.key, act);
      rows.push({ owner: this.owner, ref: act.ref + act.act, what: "waiting", box, kept_at: Date.now() });
    }
    const transaction = this.db.transaction("acts", "readwrite", { durability: "strict" });
    for (const row of rows) transaction.objectStore("acts").add(row);
    await ended(transaction);
    tellTabs({ kind: "acts", owner: this.owner });
  }

  async shut(words: string): Promise<Box> {
    return shut(this.key, words);
  }

  async words(box: Box): Promise<string> {
    return String(await unshut(this.key, box));
  }

  async answer(rows: readonly Kept[]): Promise<void> {
    const transaction = this.db.transaction("acts", "readwrite");
    for (const row of rows) transaction.objectStore("acts").put(row);
    await ended(transaction);
  }

  /** Forgets what the server has taken some days ago; what waits is never forgotten. */
  async tidy(): Promise<void> {
    const table = this.table("acts", "readwrite");
    for (const row of (await done(table.getAll())) as Kept[]) {
      if (row.what !== "waiting" && row.kept_at < Date.now() - KEEP) table.delete(row.seq!);
    }
  }
}
