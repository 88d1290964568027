/** Fields that choose places: suggestions below the text, each choice a chip with its floors. */

import { closest, onClick } from "./dom";
import { stepTo } from "./keys";
import { moveOf } from "./picker";

function parts(picker: HTMLElement): { text: HTMLTextAreaElement; chips: HTMLElement; found: HTMLElement } | null {
  const text = picker.querySelector("textarea");
  const chips = picker.querySelector<HTMLElement>("[data-picked]");
  const found = picker.querySelector<HTMLElement>("[data-found]");
  return text && chips && found ? { text, chips, found } : null;
}

function options(found: HTMLElement): HTMLElement[] {
  return [...found.querySelectorAll<HTMLElement>("[data-choose]")];
}

/** Puts the suggestion among the chosen; one that is chosen already is only shown. */
function choose(picker: HTMLElement, option: HTMLElement): void {
  const at = parts(picker);
  const mould = picker.querySelector<HTMLTemplateElement>("template[data-chip]");
  if (!at || !mould) return;
  const id = option.dataset["choose"] ?? "";
  if (picker.hasAttribute("data-single")) at.chips.replaceChildren();
  const known = at.chips.querySelector<HTMLInputElement>(`input[type=hidden][value="${id}"]`);
  if (!known || picker.hasAttribute("data-with-floors")) {
    const chip = mould.content.firstElementChild?.cloneNode(true) as HTMLElement;
    chip.querySelector<HTMLInputElement>("input[type=hidden]")!.value = id;
    chip.querySelector("[data-text]")!.textContent = option.dataset["name"] ?? "";
    const floors = chip.querySelector<HTMLInputElement>("[data-floors]");
    if (floors) floors.hidden = !option.hasAttribute("data-has-floors");
    const how = chip.querySelector<HTMLSelectElement>("[data-how]");
    if (how && at.text.value.trim().startsWith("除")) how.value = "out";
    chip.classList.toggle("is-out", how?.value === "out");
    at.chips.append(chip);
  }
  at.text.value = "";
  at.found.replaceChildren();
  at.text.focus();
}

export function startPicker(): void {
  onClick("[data-picker] [data-choose]", (option) => {
    const picker = option.closest<HTMLElement>("[data-picker]");
    if (picker) choose(picker, option);
  });
  onClick("[data-picker] [data-drop]", (button) => {
    const text = button.closest("[data-picker]")?.querySelector("textarea");
    button.closest("[data-pick]")?.remove();
    text?.focus();
  });
  document.addEventListener("change", (event) => {
    const how = closest(event.target, "[data-picker] [data-how]") as HTMLSelectElement | null;
    how?.closest("[data-pick]")?.classList.toggle("is-out", how.value === "out");
  });
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    const picker = closest(event.target, "[data-picker]");
    const at = picker ? parts(picker) : null;
    if (!picker || !at) return;
    const rows = options(at.found);
    const on = rows.findIndex((row) => row === event.target);
    if (on >= 0) {
      if (event.key === "Escape" || (event.key === "ArrowUp" && on === 0)) at.text.focus();
      else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
        rows[stepTo(on, rows.length, event.key === "ArrowDown" ? 1 : -1)]?.focus();
      } else return;
      event.preventDefault();
      return;
    }
    if (event.target !== at.text) return;
    const move = moveOf({ key: event.key, empty: at.text.value === "", offered: rows.length });
    if (move === "choose" && rows[0]) choose(picker, rows[0]);
    else if (move === "down") rows[0]?.focus();
    else if (move === "up") rows[rows.length - 1]?.focus();
    else if (move === "close" && rows.length > 0) at.found.replaceChildren();
    else if (move === "drop-last") at.chips.lastElementChild?.remove();
    if (event.key === "Enter" || ["choose", "down", "up"].includes(move)) event.preventDefault();
  });
  document.addEventListener("focusout", (event) => {
    const picker = closest(event.target, "[data-picker]");
    const to = event.relatedTarget;
    if (!picker || (to instanceof Node && picker.contains(to))) return;
    // A click on a suggestion takes the focus away before it counts.
    window.setTimeout(() => {
      if (!picker.contains(document.activeElement)) parts(picker)?.found.replaceChildren();
    }, 200);
  });
}
