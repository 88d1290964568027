import { expect, test } from "vitest";

import doors from "../../../contracts/vectors/screening/doors.json";
import entries from "../../../contracts/vectors/screening/entries.json";
import tubes from "../../../contracts/vectors/screening/tubes.json";
import { mayBeDoor, readEntry } from "./entry";
import { entryRefusal, isFull } from "./tube";

test.each(entries)("$text is $kind", ({ text, kind, value }) => {
  expect(readEntry(text)).toEqual({ kind, value });
});

test.each(doors)("$text after $before may be a door: $may", ({ text, before, may }) => {
  expect(mayBeDoor(text, before)).toBe(may);
});

test("tubes take and refuse as the server does", () => {
  for (const line of tubes) {
    expect(entryRefusal(line, line.person, line.of)).toBe(line.refusal);
    expect(isFull(line.pool, line.people.length)).toBe(line.is_full);
  }
});
