/** Ticking many rows: all at once, or from the last one to this one with Shift. */

export type All = "none" | "some" | "all";

/** Returns what the box in the header shows. */
export function allOf(ticked: readonly boolean[]): All {
  const count = ticked.filter(Boolean).length;
  if (count === 0) return "none";
  return count === ticked.length ? "all" : "some";
}

/** Returns the rows from the one ticked last to this one, both included; only this one when there is no last. */
export function rangeOf(last: number, at: number): number[] {
  if (last < 0) return [at];
  const [from, to] = last < at ? [last, at] : [at, last];
  return Array.from({ length: to - from + 1 }, (_, step) => from + step);
}
