import { expect, test } from "vitest";

import { hasMore, isBelow, spotTo, type Spot } from "./board";

// Two floors and a shop below; the second floor has a gap in column 2.
const spots: Spot[] = [
  { row: 1, column: 1 },
  { row: 1, column: 3 },
  { row: 2, column: 1 },
  { row: 2, column: 2 },
  { row: 2, column: 3 },
  { row: 4, column: 5 },
];

test.each([
  [0, "ArrowRight", 1],
  [1, "ArrowRight", -1],
  [1, "ArrowLeft", 0],
  [1, "ArrowDown", 4],
  [3, "ArrowUp", 0],
  [2, "ArrowDown", 5],
  [5, "ArrowUp", 4],
  [5, "ArrowRight", -1],
  [0, "ArrowUp", -1],
  [0, "Enter", -1],
  [9, "ArrowUp", -1],
])("from %i by %s to %i", (at, key, to) => {
  expect(spotTo(spots, at, key)).toBe(to);
});

test.each([
  [0, 360, 360, false],
  [0, 360, 360.6, false],
  [0, 360, 800, true],
  [300, 360, 800, true],
  [440, 360, 800, false],
])("scrolled %i of a box of %i with %i in it", (scrolled, width, whole, more) => {
  expect(hasMore(scrolled, width, whole)).toBe(more);
});

test("what stands in the lowest quarter or below is not seen", () => {
  expect(isBelow(100, 800)).toBe(false);
  expect(isBelow(700, 800)).toBe(true);
  expect(isBelow(1800, 800)).toBe(true);
});
