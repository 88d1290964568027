/** The package: proved by its signature, opened by its key. What waits here is encrypted as well. */

import { verifyAsync } from "@noble/ed25519";

export interface Sealed {
  ref: string;
  expires_at: string;
  now?: string; // the server's, when it was made
  sealed: string;
  signature: string;
  public_key: string;
}

export function bytesOf(base64: string): Uint8Array<ArrayBuffer> {
  const text = atob(base64);
  const bytes = new Uint8Array(text.length);
  for (let at = 0; at < text.length; at += 1) bytes[at] = text.charCodeAt(at);
  return bytes;
}

function refBytes(hex: string): Uint8Array<ArrayBuffer> {
  return Uint8Array.from(hex.match(/../g) ?? [], (pair) => Number.parseInt(pair, 16));
}

/** Returns the package's key as a key that no script can read out. */
export async function importKey(base64: string): Promise<CryptoKey> {
  return crypto.subtle.importKey("raw", bytesOf(base64), "AES-GCM", false, ["decrypt"]);
}

/** Returns whether a package carries a good signature of this installation, whose key (`proof`) came with the page.
 * Every browser checks it: one without Ed25519 of its own does so in script. */
export async function isSigned(sealed: Sealed, proof: string): Promise<boolean> {
  if (sealed.public_key !== proof) return false;
  const [signature, content, raw] = [bytesOf(sealed.signature), bytesOf(sealed.sealed), bytesOf(proof)];
  let key: CryptoKey;
  try {
    key = await crypto.subtle.importKey("raw", raw, { name: "Ed25519" }, false, ["verify"]);
  } catch {
    return verifyAsync(signature, content, raw, { zip215: false }).catch(() => false);
  }
  return crypto.subtle.verify({ name: "Ed25519" }, key, signature, content);
}

export async function openSealed(sealed: Sealed, key: CryptoKey): Promise<unknown> {
  const bytes = bytesOf(sealed.sealed);
  const how = { name: "AES-GCM", iv: bytes.slice(0, 12), additionalData: refBytes(sealed.ref) };
  const plain = await crypto.subtle.decrypt(how, key, bytes.slice(12));
  return JSON.parse(new TextDecoder().decode(plain));
}

/** Returns the keyed digest of an ID number, as the package has it. */
export async function digestOf(keyBase64: string, number: string): Promise<string> {
  const how = { name: "HMAC", hash: "SHA-256" };
  const key = await crypto.subtle.importKey("raw", bytesOf(keyBase64), how, false, ["sign"]);
  const whole = new Uint8Array(await crypto.subtle.sign("HMAC", key, new TextEncoder().encode(number)));
  return btoa(String.fromCharCode(...whole.slice(0, 8)));
}

export async function newDeviceKey(): Promise<CryptoKey> {
  return crypto.subtle.generateKey({ name: "AES-GCM", length: 256 }, false, ["encrypt", "decrypt"]);
}

export interface Box {
  iv: Uint8Array<ArrayBuffer>;
  data: ArrayBuffer;
}

export async function shut(key: CryptoKey, value: unknown): Promise<Box> {
  const iv = crypto.getRandomValues(new Uint8Array(12));
  const plain = new TextEncoder().encode(JSON.stringify(value));
  return { iv, data: await crypto.subtle.encrypt({ name: "AES-GCM", iv }, key, plain) };
}

export async function unshut(key: CryptoKey, box: Box): Promise<unknown> {
  const plain = await crypto.subtle.decrypt({ name: "AES-GCM", iv: box.iv }, key, box.data);
  return JSON.parse(new TextDecoder().decode(plain));
}
