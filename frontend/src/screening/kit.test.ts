import { expect, test } from "vitest";

import vector from "../../../contracts/vectors/screening/kit.json";
import { KitFault, openKit } from "./kit";
import { packagesIn } from "./seats_view";

const page = `<!doctype html><script type="text/plain" id="kit">${vector.sealed}</script>`;

test("a kit of the server opens here with its passphrase", async () => {
  expect(await openKit(page, vector.phrase)).toEqual(vector.files);
});

test.each([
  ["another passphrase", page, "another one, long enough"],
  ["a changed file", page.replace(/.<\/script>/, "A</script>"), vector.phrase],
  ["fewer rounds of the key", page.replace("KIT-2:600000", "KIT-2:100000"), vector.phrase],
  ["no kit at all", "<html></html>", vector.phrase],
])("%s is refused", async (_what, text, phrase) => {
  await expect(openKit(text, phrase)).rejects.toThrow(KitFault);
});

test("only packages that may still be used are taken out of it", () => {
  const content = (ends: string): string => JSON.stringify({ expires_at: ends });
  const soon = new Date(Date.now() + 60_000).toISOString();
  const files = { "desk-0.json": content(soon), "desk-4.json": content("2022-11-23T00:00:00Z"), "lists.html": "<p>" };
  expect(packagesIn(files).map((one) => one.expires_at)).toEqual([soon]);
});
