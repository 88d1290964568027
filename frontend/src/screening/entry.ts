/** What somebody scans or types at a sampling desk means. The same as `gridwell/screening/rules/desk.py`;
 * both are held to contracts/vectors/screening/entries.json. */

const SIGNS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const WEIGHTS = [7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2];
const CHECKS = "10X98765432";

export type EntryKind =
  | "nothing"
  | "tube"
  | "person"
  | "card"
  | "document"
  | "bad_document"
  | "bad_code"
  | "door"
  | "unknown";

export interface Entry {
  kind: EntryKind;
  value: string;
}

/** Returns the check sign of a code: ISO 7064 MOD 37,36. */
export function checkSign(text: string): string {
  let rest = 36;
  for (const sign of text) {
    rest = (rest + SIGNS.indexOf(sign)) % 36 || 36;
    rest = (rest * 2) % 37;
  }
  return SIGNS[(37 - rest) % 36]!;
}

function readCode(text: string): Entry {
  if (checkSign(text.slice(0, -1)) !== text.at(-1)) return { kind: "bad_code", value: "" };
  let number = 0n;
  for (const sign of text.slice(1, -1)) number = number * 36n + BigInt(SIGNS.indexOf(sign));
  if (number >= 1n << 128n) return { kind: "bad_code", value: "" };
  return { kind: text.startsWith("P") ? "person" : "card", value: number.toString(16).padStart(32, "0") };
}

function isDocument(text: string): boolean {
  const total = WEIGHTS.reduce((sum, weight, at) => sum + weight * Number(text[at]), 0);
  return CHECKS[total % 11] === text[17];
}

const BORN = "(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])";
const LIKE_DOCUMENT = new RegExp(`^[1-9]\\d{5}(?:19|20)\\d{2}${BORN}\\d{3}[\\dX]$`);
const ODD_DOCUMENT = new RegExp(`^[1-9]\\d{4,6}(?:19\\d|20[01])\\d${BORN}\\d{2,5}X?$`);

/** Returns an ID number typed with O for 0 or I for 1; else the text as it is. */
function asDocument(text: string): string {
  const digits = text.replaceAll("O", "0").replace(/[IL]/g, "1");
  return LIKE_DOCUMENT.test(digits) ? digits : text;
}

/** Returns whether an ID number has a digit too few or too many: as a tube it would be opened under that name. */
function isOddDocument(text: string): boolean {
  return (text.length === 17 || text.length === 19) && ODD_DOCUMENT.test(text);
}

export function readEntry(text: string): Entry {
  let plain = text.normalize("NFKC").replace(/[‐‑‒–—―−]/g, "-").toUpperCase().replace(/\s+/g, "");
  if (plain === "") return { kind: "nothing", value: "" };
  if (/^[PF][0-9A-Z]{26}$/.test(plain)) return readCode(plain);
  if (/^[PF][0-9A-Z]{20,39}$/.test(plain) || isOddDocument(plain)) {
    return isOddDocument(plain) ? { kind: "bad_document", value: plain } : { kind: "bad_code", value: "" };
  }
  plain = asDocument(plain);
  if (/^\d{17}[\dX]$/.test(plain)) return { kind: isDocument(plain) ? "document" : "bad_document", value: plain };
  if (/^\d{1,4}(?:-\d{1,5}){1,3}$/.test(plain) || /^\d{1,4}$/.test(plain) || /[\u4e00-\u9fff]/.test(plain)) {
    return { kind: "door", value: plain };
  }
  if (/^[A-Z0-9][A-Z0-9_.-]{4,39}$/.test(plain)) return { kind: "tube", value: plain };
  return { kind: "unknown", value: plain };
}

/** Returns whether the figures of a tube may be a door typed without its dashes: 211501 for 2-1-1501.
 *
 * Tubes of one batch are alike: after a tube of as many figures (`before`) it is the next one. */
export function mayBeDoor(code: string, before: string): boolean {
  const isNext = /^\d+$/.test(before) && before.length === code.length;
  return /^[1-9]\d{4,8}$/.test(code) && !isNext;
}
