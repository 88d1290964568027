import { beforeEach, expect, test } from "vitest";

import { allOf, rangeOf } from "./ticks";
import { startTicks } from "./ticks_view";

test.each([
  [[], "none"],
  [[false, false], "none"],
  [[true, false], "some"],
  [[true, true], "all"],
] as const)("allOf(%o) is %s", (ticked, shown) => {
  expect(allOf(ticked)).toBe(shown);
});

test.each([
  [-1, 4, [4]],
  [2, 4, [2, 3, 4]],
  [4, 2, [2, 3, 4]],
  [3, 3, [3]],
])("rangeOf(%i, %i) is %o", (last, at, range) => {
  expect(rangeOf(last, at)).toEqual(range);
});

beforeEach(() => {
  document.body.innerHTML = `<form data-ticks>
    <input type="checkbox" data-tick-all><b data-tick-count></b><button data-needs-ticks>go</button>
    ${"<input type=checkbox data-tick>".repeat(3)}<input type="checkbox" data-tick disabled></form>`;
});

test("the header ticks all rows that can be ticked, and the count follows", () => {
  startTicks();
  const button = document.querySelector<HTMLButtonElement>("[data-needs-ticks]")!;
  expect(button.disabled).toBe(true);
  document.querySelector<HTMLInputElement>("[data-tick-all]")!.click();
  const boxes = [...document.querySelectorAll<HTMLInputElement>("[data-tick]")];
  expect(boxes.map((box) => box.checked)).toEqual([true, true, true, false]);
  expect(document.querySelector("[data-tick-count]")!.textContent).toBe("3");
  expect(button.disabled).toBe(false);
  boxes[1]!.click();
  expect(document.querySelector<HTMLInputElement>("[data-tick-all]")!.indeterminate).toBe(true);
});
