/** Short messages at the page's foot. */

export type Level = "ok" | "info" | "warn" | "bad";

export interface Toast {
  text: string;
  level: Level;
}

const LEVELS: readonly string[] = ["ok", "info", "warn", "bad"];

/** Returns the message in the detail of a `toast` event (header `HX-Trigger: {"toast": …}`), or null. */
export function toastOf(detail: unknown): Toast | null {
  if (typeof detail === "string") return { text: detail, level: "info" };
  if (typeof detail !== "object" || detail === null) return null;
  const { text, value, level } = detail as Record<string, unknown>;
  const said = typeof text === "string" ? text : value; // htmx wraps a bare string as {value}
  if (typeof said !== "string" || said === "") return null;
  return { text: said, level: LEVELS.includes(String(level)) ? (level as Level) : "info" };
}

/** Returns how long a message stays, in ms: faults stay until closed (0), others as long as reading takes. */
export function stayOf(toast: Toast): number {
  if (toast.level === "bad") return 0;
  return Math.min(12_000, 3_000 + 120 * toast.text.length);
}
