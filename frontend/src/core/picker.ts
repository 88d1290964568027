/** Choosing places: what stands in the list and what a key does. */

export interface Keys {
  key: string;
  /** The text field is empty. */
  empty: boolean;
  /** How many suggestions are shown. */
  offered: number;
}

export type Move = "choose" | "down" | "up" | "close" | "drop-last" | "none";

/** Returns what a key does while the text field has the focus. */
export function moveOf(press: Keys): Move {
  if (press.key === "Enter") return press.offered > 0 ? "choose" : "none";
  if (press.key === "ArrowDown" && press.offered > 0) return "down";
  if (press.key === "ArrowUp" && press.offered > 0) return "up";
  if (press.key === "Escape") return "close";
  if (press.key === "Backspace" && press.empty) return "drop-last";
  return "none";
}
