import { beforeEach, expect, test } from "vitest";

import { cellFrom } from "./slots_keys";

function cell(name: string): HTMLElement {
  return document.querySelector<HTMLElement>(`[data-spot="${name}"]`)!;
}

beforeEach(() => {
  const row = (...cells: string[]): string =>
    `<tr>${cells.map((one) => `<td class="slot-cell${one.endsWith("!") ? " is-shut" : ""}" data-spot="${one}"></td>`).join("")}</tr>`;
  document.body.innerHTML = `<table><tbody>${row("a1", "b1")}${row("a2!", "b2")}${row("a3", "b3!")}</tbody></table>`;
});

test.each([
  ["a1", [0, 1], "b1"],
  ["a1", [1, 0], "a3"], // past the closed one
  ["b2", [0, -1], null], // nothing but a closed one there
  ["b1", [1, 0], "b2"],
  ["b2", [1, 0], null],
  ["a1", [-1, 0], null],
] as [string, [number, number], string | null][])("from %s by %j to %s", (from, by, to) => {
  expect(cellFrom(document.body, cell(from), by)?.dataset["spot"] ?? null).toBe(to);
});
