/** Which command a key press means on the desk. */

export type Command = "search" | "next" | "previous" | "help";

export interface Press {
  key: string;
  ctrl: boolean;
  alt: boolean;
  /** The focus is in a field, so letters are text. */
  writing: boolean;
  /** A dialog is open and owns the keyboard. */
  dialog: boolean;
  /** The person switched single letters off (WCAG 2.2, 2.1.4). */
  lettersOff: boolean;
}

const LETTERS: ReadonlyMap<string, Command> = new Map<string, Command>([
  ["j", "next"],
  ["k", "previous"],
  ["?", "help"],
  ["？", "help"], // the key of a Chinese input method
  ["/", "search"],
]);

/** Returns the command, or null when the key is left to the browser. */
export function commandOf(press: Press): Command | null {
  if (press.dialog || press.alt) return null;
  if (press.ctrl) return press.key.toLowerCase() === "k" ? "search" : null;
  if (press.writing || press.lettersOff) return null;
  return LETTERS.get(press.key) ?? null;
}

/** Returns the index to go to in a list of `count` rows; stays inside, -1 when there is none. */
export function stepTo(at: number, count: number, by: 1 | -1): number {
  if (count === 0) return -1;
  if (at < 0) return by === 1 ? 0 : count - 1;
  return Math.min(count - 1, Math.max(0, at + by));
}
