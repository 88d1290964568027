/** Forms: selects that send themselves, no double sending, print buttons, dialogs opened by a button. */

import { closest, dialog, onClick } from "./dom";

function markSent(form: HTMLFormElement, sent: boolean): void {
  if (sent) form.setAttribute("data-sent", "");
  else form.removeAttribute("data-sent");
  form.setAttribute("aria-busy", String(sent));
}

/** A refused form stands at the address it was sent to: the page gets its own back, so that it can be loaded again. */
function showPageAddress(): void {
  const refused = document.querySelector<HTMLElement>("#refused[data-page]");
  if (refused === null) return;
  history.replaceState(history.state, "", refused.dataset["page"]);
  refused.focus();
}

export function startForms(): void {
  showPageAddress();
  document.addEventListener("change", (event) => {
    const field = closest(event.target, "[data-autosubmit]");
    if (field instanceof HTMLSelectElement || field instanceof HTMLInputElement) field.form?.requestSubmit();
  });
  document.addEventListener("submit", (event) => {
    const form = event.target as HTMLFormElement;
    if (event.defaultPrevented || form.method === "dialog" || form.hasAttribute("data-again")) return;
    if (form.hasAttribute("data-sent")) event.preventDefault();
    else if (form.method === "post" && form.target === "") markSent(form, true);
  });
  // A page taken out of the browser's store after "back" must be usable again.
  window.addEventListener("pageshow", () => {
    document.querySelectorAll<HTMLFormElement>("form[data-sent]").forEach((form) => markSent(form, false));
  });
  onClick("[data-print]", () => window.print());
  onClick("[data-opens]", (button) => dialog(button.dataset["opens"] ?? "")?.showModal());
  onClick("[data-closes]", (button) => button.closest("dialog")?.close());
  // A click beside an open dialog closes it.
  onClick("dialog[open]", (box, event) => {
    if (event.target === box && !box.hasAttribute("data-stays")) (box as HTMLDialogElement).close();
  });
}
