/** What answers of the server mean that are not the part that was asked for. */

/** Returns the sentence for an answer that is no page part, by its status. */
export function faultCode(status: number): string {
  if (status === 403) return "refused";
  if (status === 404) return "gone";
  if (status === 409) return "changed";
  if (status === 413) return "too-big";
  return "fault";
}

/** Returns the sentence of a refusal page (`core/refused.html`), or null when the answer is none. */
export function refusalIn(answer: string): string | null {
  if (!answer.includes("data-refusal")) return null;
  const page = new DOMParser().parseFromString(answer, "text/html");
  return page.querySelector("[data-refusal]")?.textContent?.trim() || null;
}
