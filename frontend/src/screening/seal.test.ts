import { expect, test } from "vitest";

import { isSigned } from "./seal";
import type { Sealed } from "./seal";

const text = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

async function signed(): Promise<Sealed> {
  const pair = (await crypto.subtle.generateKey({ name: "Ed25519" }, true, ["sign", "verify"])) as CryptoKeyPair;
  const content = crypto.getRandomValues(new Uint8Array(40));
  const signature = await crypto.subtle.sign({ name: "Ed25519" }, pair.privateKey, content);
  const public_key = text(await crypto.subtle.exportKey("raw", pair.publicKey));
  return { ref: "00", expires_at: "", sealed: text(content.buffer), signature: text(signature), public_key };
}

test("a package is believed by the key that came with the page, never by its own", async () => {
  const own = await signed();
  const foreign = await signed(); // in itself it is in order
  expect(await isSigned(own, own.public_key)).toBe(true);
  expect(await isSigned(foreign, own.public_key)).toBe(false);
  expect(await isSigned({ ...foreign, public_key: own.public_key }, own.public_key)).toBe(false);
  expect(await isSigned({ ...own, sealed: foreign.sealed }, own.public_key)).toBe(false);
  expect(await isSigned(own, "")).toBe(false);
});
