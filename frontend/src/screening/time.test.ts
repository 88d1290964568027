import { beforeEach, expect, test } from "vitest";

import { hear, serverNow } from "./time";

beforeEach(() => localStorage.clear());

test("a device that has never spoken to the server goes by its own clock", () => {
  expect(Math.abs(serverNow() - Date.now())).toBeLessThan(1000);
});

test("years of difference are taken off, and what is no time changes nothing", () => {
  const then = "2022-11-23T12:00:00+00:00";
  hear(then);
  hear("soon");
  hear(undefined);
  expect(Math.abs(serverNow() - Date.parse(then))).toBeLessThan(1000);
});
