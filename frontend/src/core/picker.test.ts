import { expect, test } from "vitest";

import { moveOf } from "./picker";

test.each([
  ["Enter", false, 3, "choose"],
  ["Enter", false, 0, "none"],
  ["ArrowDown", false, 1, "down"],
  ["ArrowUp", false, 0, "none"],
  ["Escape", true, 0, "close"],
  ["Backspace", true, 0, "drop-last"],
  ["Backspace", false, 2, "none"],
  ["楼", false, 2, "none"],
] as const)("%s, empty %s, %i offered: %s", (key, empty, offered, move) => {
  expect(moveOf({ key, empty, offered })).toBe(move);
});
