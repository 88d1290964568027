import { expect, test } from "vitest";

import { stayOf, toastOf } from "./toast";

test.each([
  ["done", { text: "done", level: "info" }],
  [{ text: "done", level: "ok" }, { text: "done", level: "ok" }],
  [{ value: "done" }, { text: "done", level: "info" }],
  [{ text: "done", level: "<b>" }, { text: "done", level: "info" }],
  [{ text: "" }, null],
  [{ level: "ok" }, null],
  [null, null],
  [7, null],
])("toastOf(%o)", (detail, toast) => {
  expect(toastOf(detail)).toEqual(toast);
});

test("faults stay, others as long as reading takes", () => {
  expect(stayOf({ text: "x", level: "bad" })).toBe(0);
  expect(stayOf({ text: "x".repeat(10), level: "ok" })).toBe(4200);
  expect(stayOf({ text: "x".repeat(500), level: "ok" })).toBe(12_000);
});
