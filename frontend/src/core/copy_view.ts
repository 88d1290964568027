/** Copies a text with one tap: `data-copy="#id"`. Works on plain http too, where browsers give no clipboard. */

import { onClick, word } from "./dom";
import { showToast } from "./toast_view";

function copyBySelection(text: string): boolean {
  const field = document.createElement("textarea");
  field.value = text;
  field.className = "vh";
  document.body.append(field);
  field.select();
  const done = document.execCommand("copy"); // the only way outside a secure context
  field.remove();
  return done;
}

export async function copyText(text: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    return copyBySelection(text);
  }
}

export function startCopy(): void {
  onClick("[data-copy]", (button) => {
    const source = document.querySelector<HTMLElement>(button.dataset["copy"] ?? "");
    if (source === null) return;
    const text = source instanceof HTMLTextAreaElement ? source.value : source.innerText;
    void copyText(text).then((done) => {
      showToast(word(done ? "copied" : "not-copied"), done ? "ok" : "bad");
      button.focus();
    });
  });
}
