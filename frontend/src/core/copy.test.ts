import { expect, test, vi } from "vitest";

import { copyText } from "./copy_view";

test("where the browser gives no clipboard the selection is copied", async () => {
  const copied: string[] = [];
  vi.spyOn(navigator.clipboard, "writeText").mockRejectedValue(new Error("insecure"));
  document.execCommand = (name: string) => {
    copied.push(`${name}:${document.querySelector("textarea")?.value}`);
    return true;
  };
  expect(await copyText("今天上午9点采样")).toBe(true);
  expect(copied).toEqual(["copy:今天上午9点采样"]);
  expect(document.querySelector("textarea")).toBeNull();
});
