/** When an unattended desk is warned and when it is closed. */

export type Idle = "active" | "warn" | "over";

/** Returns the state at `now`; all in ms. The warning comes `warn` before the end. */
export function idleAt(now: number, lastAct: number, limit: number, warn: number): Idle {
  const quiet = now - lastAct;
  if (quiet >= limit) return "over";
  return quiet >= limit - warn ? "warn" : "active";
}

/** Returns whole seconds left until the end, never below zero. */
export function secondsLeft(now: number, lastAct: number, limit: number): number {
  return Math.max(0, Math.ceil((lastAct + limit - now) / 1000));
}
