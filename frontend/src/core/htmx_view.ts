/** htmx under a strict content policy: no eval, no inline style, the CSRF token from the page's head. */

import htmx from "htmx.org";

import { faultCode, refusalIn } from "./answers";
import { word } from "./dom";
import { showToast } from "./toast_view";

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
  // A refusal is said, and the part that asked stays as it was; a form with faults replaces it.
  on("htmx:beforeSwap", (detail) => {
    const refusal = refusalIn((detail["xhr"] as XMLHttpRequest).responseText);
    if ((detail["xhr"] as XMLHttpRequest).status !== 409 || refusal === null) return;
    detail["shouldSwap"] = false;
    showToast(refusal, "bad");
  });
  on("htmx:responseError", (detail) => {
    const status = (detail["xhr"] as XMLHttpRequest).status;
    if (status === 401) window.location.reload(); // signed out meanwhile: the server shows the way in
    else showToast(word(faultCode(status)), "bad");
  });
}
