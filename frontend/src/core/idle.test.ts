import { expect, test } from "vitest";

import { idleAt, secondsLeft } from "./idle";

test.each([
  [0, "active"],
  [1_739_999, "active"],
  [1_740_000, "warn"],
  [1_799_999, "warn"],
  [1_800_000, "over"],
  [9_999_999, "over"],
])("quiet for %i ms is %s", (quiet, state) => {
  expect(idleAt(50_000 + quiet, 50_000, 1_800_000, 60_000)).toBe(state);
});

test("seconds left are whole and never negative", () => {
  expect(secondsLeft(1_000, 0, 60_500)).toBe(60);
  expect(secondsLeft(99_000, 0, 60_000)).toBe(0);
});
