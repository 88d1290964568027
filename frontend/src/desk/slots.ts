/** Whether a slot may be moved, as `screening/rules/moves.py` decides it: held to the same lines. */

export const BEST_RATE = 100;

export type Hitch = "begun" | "no_desk" | "mixed" | "rate" | "waiting" | "farther";

export interface Moved {
  people: number;
  is_high_risk?: boolean;
  walks_badly?: boolean;
  is_near?: boolean;
}

export interface Target {
  desks: number;
  people?: number;
  /** null: nobody is in it. */
  is_high_risk?: boolean | null;
  has_begun?: boolean;
}

const WITH_REASON: readonly Hitch[] = ["waiting", "farther"];

/** Returns how many people a slot takes. */
export function roomOf(desks: number, minutes: number, rate: number): number {
  return Math.floor((desks * rate * minutes) / 60);
}

/** Returns what stands against a move, what no reason overrides first; nothing: it fits. */
export function hitches(moved: Moved, target: Target, minutes: number, rate: number): Hitch[] {
  const found: Hitch[] = [];
  if (target.has_begun) found.push("begun");
  if (target.desks === 0) return [...found, "no_desk"];
  const risk = target.is_high_risk ?? null;
  if (risk !== null && risk !== (moved.is_high_risk ?? false)) found.push("mixed");
  const together = (target.people ?? 0) + moved.people;
  if (together > roomOf(target.desks, minutes, BEST_RATE)) found.push("rate");
  else if (together > roomOf(target.desks, minutes, rate)) found.push("waiting");
  if (moved.walks_badly && !(moved.is_near ?? true)) found.push("farther");
  return found;
}

/** Returns the first hitch that no reason overrides, or null. */
export function refused(found: readonly Hitch[]): Hitch | null {
  return found.find((hitch) => !WITH_REASON.includes(hitch)) ?? null;
}
