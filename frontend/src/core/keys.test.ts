import { describe, expect, test } from "vitest";

import { commandOf, stepTo, type Press } from "./keys";

const plain: Press = { key: "", ctrl: false, alt: false, writing: false, dialog: false, lettersOff: false };

describe("commandOf", () => {
  test.each([
    [{ key: "k", ctrl: true }, "search"],
    [{ key: "K", ctrl: true }, "search"],
    [{ key: "k", ctrl: true, writing: true }, "search"],
    [{ key: "k", ctrl: true, lettersOff: true }, "search"],
    [{ key: "k", ctrl: true, dialog: true }, null],
    [{ key: "j", ctrl: true }, null],
    [{ key: "j" }, "next"],
    [{ key: "k" }, "previous"],
    [{ key: "?" }, "help"],
    [{ key: "？" }, "help"],
    [{ key: "/" }, "search"],
    [{ key: "j", writing: true }, null],
    [{ key: "?", lettersOff: true }, null],
    [{ key: "j", alt: true }, null],
    [{ key: "x" }, null],
  ] as const)("%o is %s", (press, command) => {
    expect(commandOf({ ...plain, ...press })).toBe(command);
  });
});

test.each([
  [-1, 3, 1, 0],
  [-1, 3, -1, 2],
  [0, 3, 1, 1],
  [2, 3, 1, 2],
  [0, 3, -1, 0],
  [-1, 0, 1, -1],
] as const)("stepTo(%i of %i, %i) is %i", (at, count, by, to) => {
  expect(stepTo(at, count, by)).toBe(to);
});
