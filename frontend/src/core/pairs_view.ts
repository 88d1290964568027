/** Two panes that belong together: a passage in a text and its row in a table (`data-pair="7"` on both). */

import { closest } from "./dom";

function select(from: HTMLElement): void {
  const page = from.closest("[data-pairs]");
  const key = from.dataset["pair"];
  if (!page || !key) return;
  for (const one of page.querySelectorAll<HTMLElement>("[data-pair]")) {
    const same = one.dataset["pair"] === key;
    one.classList.toggle("is-selected", same);
    // The other pane follows; the one that the person is in stays where it is.
    if (same && one !== from && !from.contains(one)) one.scrollIntoView({ block: "nearest" });
  }
}

export function startPairs(): void {
  for (const name of ["click", "focusin"] as const) {
    document.addEventListener(name, (event) => {
      const from = closest(event.target, "[data-pairs] [data-pair]");
      if (from !== null) select(from);
    });
  }
}
