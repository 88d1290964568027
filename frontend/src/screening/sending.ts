/** Sends what waits, in order, in parts; what has no answer goes again. */

import type { Act } from "./desk";

export interface Answer {
  ref: string;
  act: string;
  what: "taken" | "known" | "refused";
  code: string;
  words: string;
}

export interface Sent {
  answers: Answer[];
  ahead: number;
}

export type Failure = "offline" | "sign_in" | "refused";
export const PART = 200;

export interface Wire {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  token: () => string;
  now: () => string;
}

export async function sendPart(wire: Wire, url: string, desk: string, acts: readonly Act[]): Promise<Sent | Failure> {
  let response: Response;
  try {
    response = await wire.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": wire.token() },
      body: JSON.stringify({ now: wire.now(), desk, entries: acts }),
      redirect: "manual",
    });
  } catch {
    return "offline";
  }
  if (response.type === "opaqueredirect" || response.status === 403) return "sign_in";
  if (response.status >= 500) return "offline";
  if (!response.ok) return "refused";
  try {
    return (await response.json()) as Sent;
  } catch {
    return "offline"; // something between us and the server answered in its place
  }
}
