import { expect, test } from "vitest";

import entries from "../../../contracts/vectors/screening/entries.json";
import tubes from "../../../contracts/vectors/screening/tubes.json";
import { readEntry } from "./entry";
import { entryRefusal, isFull } from "./tube";

test.each(entries)("$text is $kind", ({ text, kind, value }) => {
  expect(readEntry(text)).toEqual({ kind, value });
});

test("tubes take and refuse as the server does", () => {
  for (const line of tubes) {
    expect(entryRefusal(line, line.person, line.of)).toBe(line.refusal);
    expect(isFull(line.pool, line.people.length)).toBe(line.is_full);
  }
});
