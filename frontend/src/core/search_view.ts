/** The search box on top: results below it are walked with the arrow keys. */

import { stepTo } from "./keys";

export function startSearch(): void {
  const form = document.querySelector<HTMLFormElement>("[data-search]");
  const field = form?.querySelector<HTMLInputElement>("input[type=search]");
  const found = form?.querySelector<HTMLElement>("[data-found]");
  if (!form || !field || !found) return;
  const close = (): void => {
    found.replaceChildren();
  };
  form.addEventListener("keydown", (event) => {
    if (event.isComposing) return;
    if (event.key === "Escape") {
      close();
      field.focus();
      return;
    }
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    const links = [...found.querySelectorAll<HTMLElement>("a[href]")];
    const at = links.findIndex((link) => link === document.activeElement);
    if (at === 0 && event.key === "ArrowUp") field.focus();
    else links[stepTo(at, links.length, event.key === "ArrowDown" ? 1 : -1)]?.focus();
    event.preventDefault();
  });
  document.addEventListener("focusin", (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) close();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Node && !form.contains(event.target)) close();
  });
}
