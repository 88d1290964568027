/** Who may go into a tube: the same as `gridwell/screening/rules/tubes.py`
 * (contracts/vectors/screening/tubes.json). */

export const MOST: Record<string, number> = { single: 1, household: 20, "5": 5, "10": 10, "20": 20 };

export interface TubeFacts {
  state: string;
  pool: string;
  people: readonly string[];
  household: string | number | null;
}

/** Returns why a person may not go into this tube, or null. */
export function entryRefusal(tube: TubeFacts, person: string, household: string | number | null): string | null {
  if (tube.state !== "open") return "tube_closed";
  if (tube.people.includes(person)) return "already_in_tube";
  if (tube.people.length >= (MOST[tube.pool] ?? 0)) return "tube_full";
  if (tube.pool === "household" && tube.people.length > 0 && household !== tube.household) return "other_household";
  return null;
}

/** Returns whether a tube is full, so that the desk closes it by itself. */
export function isFull(pool: string, people: number): boolean {
  return pool !== "household" && people >= (MOST[pool] ?? 0);
}

const DIGITS: Record<string, string> = { O: "0", I: "1", L: "1" };
const LETTERS: Record<string, string> = { "0": "O", "1": "I" };

function isDigit(sign: string): boolean {
  return sign >= "0" && sign <= "9";
}

/** Returns the code that was meant where O and 0, I and 1 may be taken for each other, or nothing.
 *
 * Tubes of one batch have letters and digits in the same places: `before` says which. */
export function meantCode(code: string, before: string): string {
  if (code.length !== before.length) return "";
  let meant = "";
  for (let at = 0; at < code.length; at += 1) {
    const [sign, known] = [code[at]!, before[at]!];
    if (isDigit(sign) === isDigit(known)) meant += sign;
    else {
      const other = (isDigit(known) ? DIGITS : LETTERS)[sign];
      if (other === undefined) return ""; // of another batch
      meant += other;
    }
  }
  return meant === code ? "" : meant;
}
