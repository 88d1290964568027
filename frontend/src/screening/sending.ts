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
  now: string;
  ahead: number;
}

/** What the device says of itself with everything it sends: by this the officer knows what is still to come. */
export interface Tally {
  device: string;
  made: number;
  waiting: number;
  people: number;
}

/** The server takes nothing as it is, with its words why: the round is not open yet, for one. */
export interface Refused {
  words: string;
}

export type Failure = "offline" | "sign_in" | Refused;
export const PART = 200;

export interface Wire {
  fetch: (url: string, init: RequestInit) => Promise<Response>;
  token: () => string;
  now: () => string;
}

export async function sendPart(wire: Wire, url: string, desk: string, acts: readonly Act[], tally: Tally): Promise<Sent | Failure> {
  let response: Response;
  try {
    response = await wire.fetch(url, {
      method: "POST",
      headers: { "Content-Type": "application/json", "X-CSRFToken": wire.token() },
      body: JSON.stringify({ now: wire.now(), desk, entries: acts, ...tally }),
      redirect: "manual",
    });
  } catch {
    return "offline";
  }
  if (response.type === "opaqueredirect" || response.status === 403) return "sign_in";
  if (response.status >= 500) return "offline";
  try {
    return (await response.json()) as Sent | Refused;
  } catch {
    return "offline"; // something between us and the server answered in its place
  }
}
