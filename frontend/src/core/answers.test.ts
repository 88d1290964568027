import { expect, test } from "vitest";

import { faultCode, refusalIn } from "./answers";

test.each([
  [403, "refused"],
  [404, "gone"],
  [409, "changed"],
  [413, "too-big"],
  [500, "fault"],
])("status %i is %s", (status, code) => {
  expect(faultCode(status)).toBe(code);
});

test("the sentence of a refusal page is found, other answers have none", () => {
  expect(refusalIn("<main><p data-refusal> Approved by B. </p></main>")).toBe("Approved by B.");
  expect(refusalIn("<form>data</form>")).toBeNull();
});
