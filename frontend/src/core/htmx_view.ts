/** htmx under a strict content policy: no eval, no inline style, the CSRF token from the page's head. */

import htmx from "htmx.org";

import { word } from "./dom";
import { showToast } from "./toast_view";

/** Returns the sentence for an answer that is no page part, by its status. */
export function faultCode(status: number): string {
  if (status === 403) return "refused";
  if (status === 404) return "gone";
  if (status === 409) return "changed";
  if (status === 413) return "too-big";
  return "fault";
}

let running = 0;

function busy(by: 1 | -1): void {
  running = Math.max(0, running + by);
  document.documentElement.toggleAttribute("data-busy", running > 0);
}

export function startHtmx(): void {
  Object.assign(htmx.config, {
    allowEval: false,
    allowScriptTags: false,
    includeIndicatorStyles: false,
    selfRequestsOnly: true,
    historyCacheSize: 0, // personal data must not stay in the browser's store
    scrollBehavior: "auto",
    // A form with faults comes back as 422, a page that changed meanwhile as 409: both are shown.
    responseHandling: [
      { code: "204", swap: false },
      { code: "[23]..", swap: true },
      { code: "(409|422)", swap: true },
      { code: "[45]..", swap: false, error: true },
    ],
  });
  const token = document.querySelector<HTMLMetaElement>("meta[name=csrf-token]")?.content ?? "";
  const on = (name: string, act: (detail: Record<string, any>) => void): void =>
    document.addEventListener(name, (event) => act((event as CustomEvent).detail));
  on("htmx:configRequest", (detail) => {
    if (detail["verb"] !== "get") detail["headers"]["X-CSRFToken"] = token;
  });
  on("htmx:beforeRequest", () => busy(1));
  on("htmx:afterRequest", (detail) => {
    busy(-1);
    const form = (detail["elt"] as Element).closest("form[data-sent]");
    form?.removeAttribute("data-sent");
    form?.setAttribute("aria-busy", "false");
  });
  on("htmx:sendError", () => showToast(word("offline"), "bad"));
  on("htmx:timeout", () => showToast(word("offline"), "bad"));
  on("htmx:responseError", (detail) => {
    const status = (detail["xhr"] as XMLHttpRequest).status;
    if (status === 401) window.location.reload(); // signed out meanwhile: the server shows the way in
    else showToast(word(faultCode(status)), "bad");
  });
}
