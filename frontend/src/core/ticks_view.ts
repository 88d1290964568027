/** Boxes of a list: `data-ticks` on its container, `data-tick-all` in the header, `data-tick-count`
 * for the number, `data-needs-ticks` on buttons that work on what is ticked. */

import { closest } from "./dom";
import { allOf, rangeOf } from "./ticks";

const last = new WeakMap<Element, number>();

function boxesOf(list: Element): HTMLInputElement[] {
  return [...list.querySelectorAll<HTMLInputElement>("input[type=checkbox][data-tick]:not(:disabled)")];
}

function refresh(list: Element): void {
  const boxes = boxesOf(list);
  const ticked = boxes.map((box) => box.checked);
  const all = allOf(ticked);
  for (const head of list.querySelectorAll<HTMLInputElement>("[data-tick-all]")) {
    head.checked = all === "all";
    head.indeterminate = all === "some";
  }
  const count = ticked.filter(Boolean).length;
  for (const shown of list.querySelectorAll("[data-tick-count]")) shown.textContent = String(count);
  for (const button of list.querySelectorAll<HTMLButtonElement>("[data-needs-ticks]")) {
    button.disabled = count === 0;
  }
}

export function startTicks(): void {
  const refreshAll = (): void => document.querySelectorAll("[data-ticks]").forEach(refresh);
  document.addEventListener("click", (event) => {
    const box = closest(event.target, "input[type=checkbox]") as HTMLInputElement | null;
    const list = box?.closest("[data-ticks]");
    if (!box || !list) return;
    const boxes = boxesOf(list);
    if (box.hasAttribute("data-tick-all")) {
      for (const one of boxes) one.checked = box.checked;
    } else if (box.hasAttribute("data-tick")) {
      const at = boxes.indexOf(box);
      const from = event.shiftKey ? (last.get(list) ?? -1) : -1;
      for (const index of rangeOf(from, at)) boxes[index]!.checked = box.checked;
      last.set(list, at);
    }
    refresh(list);
  });
  document.addEventListener("htmx:afterSwap", refreshAll);
  window.addEventListener("pageshow", refreshAll);
  refreshAll();
}
