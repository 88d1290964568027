/** Forms: selects that send themselves, no double sending, print buttons, dialogs opened by a button. */

import { closest, dialog, onClick } from "./dom";

function markSent(form: HTMLFormElement, sent: boolean): void {
  if (sent) form.setAttribute("data-sent", "");
  else form.removeAttribute("data-sent");
  form.setAttribute("aria-busy", String(sent));
}

export function startForms(): void {
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
