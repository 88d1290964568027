/** Asks before an act: a native dialog with the effect and, where asked for, a reason.
 *
 * Without this script the server answers the same form with its own page (`core/confirm.html`).
 */

import { type Question, isAnswered, questionOf } from "./confirm";
import { dialog, word } from "./dom";

const answered = new WeakSet<HTMLFormElement>();

function putReason(form: HTMLFormElement, name: string, reason: string): void {
  let field = form.querySelector<HTMLInputElement>(`[name="${CSS.escape(name)}"]`);
  if (field === null) {
    field = document.createElement("input");
    field.type = "hidden";
    field.name = name;
    form.append(field);
  }
  field.value = reason;
}

/** Returns the reason that was given before and kept: the act was refused for something else. */
function keptReason(form: HTMLFormElement, question: Question): string {
  const field = question.reasonField && form.elements.namedItem(question.reasonField);
  return field instanceof HTMLInputElement && field.type === "hidden" ? field.value : "";
}

function ask(box: HTMLDialogElement, question: Question, kept: string, yes: string, done: (reason: string) => void): void {
  const part = (name: string): HTMLElement => box.querySelector<HTMLElement>(`[data-part=${name}]`)!;
  const reason = box.querySelector<HTMLTextAreaElement>("textarea")!;
  const fault = part("fault");
  const go = part("yes") as HTMLButtonElement;
  part("text").textContent = question.text;
  part("effect").textContent = question.effect;
  part("effect").hidden = question.effect === "";
  part("reason").hidden = question.reasonField === null;
  reason.required = question.reasonRequired;
  reason.value = kept;
  fault.hidden = true;
  go.textContent = yes;
  go.onclick = () => {
    if (isAnswered(question, reason.value)) {
      box.close();
      done(reason.value.trim());
      return;
    }
    fault.textContent = word("reason");
    fault.hidden = false;
    reason.setAttribute("aria-invalid", "true");
    reason.focus();
  };
  reason.removeAttribute("aria-invalid");
  box.showModal();
  (question.reasonField === null ? go : reason).focus();
}

/** Asks a question of its own; resolves with whether it was answered with yes. */
export function confirmed(text: string, yes: string): Promise<boolean> {
  const box = dialog("confirm");
  if (box === null) return Promise.resolve(window.confirm(text)); // a page without the desk's frame
  return new Promise((resolve) => {
    const question = { text, effect: "", reasonField: null, reasonRequired: false };
    ask(box, question, "", yes, () => resolve(true));
    box.addEventListener("close", () => resolve(false), { once: true }); // comes after a yes, and changes nothing then
  });
}

export function startConfirm(): void {
  const box = dialog("confirm");
  if (box === null) return;
  // In the capturing phase: before htmx or the browser sends the form.
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (answered.delete(form)) return;
      const button = event.submitter as HTMLButtonElement | null;
      const question = questionOf(button, form);
      if (question === null) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      const yes = button?.textContent?.trim() || word("yes");
      ask(box, question, keptReason(form, question), yes, (reason) => {
        if (question.reasonField !== null) putReason(form, question.reasonField, reason);
        answered.add(form);
        form.requestSubmit(button);
      });
    },
    true,
  );
}
