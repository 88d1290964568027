import { expect, test } from "vitest";

import vectors from "../../../contracts/vectors/screening/moves.json";
import { type Hitch, hitches, type Moved, refused, type Target } from "./slots";

test.each(vectors)("$case", ({ moved, target, minutes, rate, hitches: expected }) => {
  expect(hitches(moved as Moved, target as Target, minutes, rate)).toEqual(expected);
});

test.each([
  [[], null],
  [["waiting", "farther"], null],
  [["waiting", "mixed"], "mixed"],
] as [Hitch[], Hitch | null][])("%j is refused for %s", (found, hitch) => {
  expect(refused(found)).toBe(hitch);
});
