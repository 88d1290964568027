import { afterEach, describe, expect, test, vi } from "vitest";

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

/** A browser that knows no Ed25519 says so when the key is imported. */
function withoutEd25519(): void {
  const known = crypto.subtle.importKey.bind(crypto.subtle) as (...words: unknown[]) => Promise<CryptoKey>;
  vi.spyOn(crypto.subtle, "importKey").mockImplementation(((...words: unknown[]) =>
    (words[2] as { name?: string }).name === "Ed25519"
      ? Promise.reject(new DOMException("Unrecognized name.", "NotSupportedError"))
      : known(...words)) as typeof crypto.subtle.importKey);
}

afterEach(() => void vi.restoreAllMocks());

describe.each([
  ["of the browser", () => undefined],
  ["in script", withoutEd25519],
])("with the check %s", (_name, prepare) => {
  test("a package is believed by the key that came with the page, never by its own", async () => {
    const own = await signed();
    const foreign = await signed(); // in itself it is in order
    prepare();
    expect(await isSigned(own, own.public_key)).toBe(true);
    expect(await isSigned(foreign, own.public_key)).toBe(false);
    expect(await isSigned({ ...foreign, public_key: own.public_key }, own.public_key)).toBe(false);
    expect(await isSigned({ ...own, sealed: foreign.sealed }, own.public_key)).toBe(false);
    expect(await isSigned({ ...own, signature: "" }, own.public_key)).toBe(false);
    expect(await isSigned(own, "")).toBe(false);
  });
});
