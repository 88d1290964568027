/** Shows toasts in the live area that the frame provides. */

import { word } from "./dom";
import { type Level, type Toast, stayOf, toastOf } from "./toast";

export function showToast(text: string, level: Level = "info"): void {
  const area = document.getElementById("toasts");
  if (area === null) return;
  const toast: Toast = { text, level };
  const box = document.createElement("div");
  box.className = `toast tone-${level}`;
  const said = document.createElement("span");
  said.textContent = text;
  const close = document.createElement("button");
  close.type = "button";
  close.className = "close";
  close.setAttribute("aria-label", word("close"));
  close.textContent = "×";
  close.addEventListener("click", () => box.remove());
  box.append(said, close);
  area.append(box);
  const stay = stayOf(toast);
  if (stay > 0) window.setTimeout(() => box.remove(), stay);
}

export function startToasts(): void {
  document.addEventListener("toast", (event) => {
    const toast = toastOf((event as CustomEvent<unknown>).detail);
    if (toast !== null) showToast(toast.text, toast.level);
  });
}
