/** The drawer with the five words on a narrow screen. Without this script its link leads to `#nav`. */

import { onClick } from "./dom";

export function startNav(): void {
  const nav = document.getElementById("nav");
  const opener = document.querySelector<HTMLElement>("[data-nav]");
  if (nav === null || opener === null) return;
  opener.setAttribute("role", "button");
  opener.setAttribute("aria-controls", "nav");
  opener.setAttribute("aria-expanded", "false");
  const show = (open: boolean): void => {
    nav.toggleAttribute("data-open", open);
    opener.setAttribute("aria-expanded", String(open));
    if (open) nav.querySelector<HTMLElement>("a[href]")?.focus();
    else opener.focus();
  };
  onClick("[data-nav]", (_, event) => {
    event.preventDefault();
    show(!nav.hasAttribute("data-open"));
  });
  opener.addEventListener("keydown", (event) => {
    if (event.key !== " ") return;
    event.preventDefault();
    show(true);
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && nav.hasAttribute("data-open")) show(false);
  });
  onClick("[data-nav-close]", (_, event) => {
    event.preventDefault();
    show(false);
  });
}
