/** Keyboard on the desk: Ctrl-K, j and k through a list, ? for help. */

import { dialog, isWriting } from "./dom";
import { commandOf, stepTo } from "./keys";

const OFF = "gridwell.letters-off";

function lettersOff(): boolean {
  return localStorage.getItem(OFF) === "1";
}

/** The link or control of each row that Enter should follow. */
function stops(): HTMLElement[] {
  return [...document.querySelectorAll<HTMLElement>("[data-list] > *")]
    .map((row) => row.querySelector<HTMLElement>("[data-primary], a[href], button, summary"))
    .filter((stop) => stop !== null && stop.getClientRects().length > 0) as HTMLElement[];
}

function move(by: 1 | -1): boolean {
  const all = stops();
  const row = document.activeElement?.closest("[data-list] > *");
  const at = row ? all.findIndex((stop) => row.contains(stop)) : -1;
  const next = all[stepTo(at, all.length, by)];
  next?.focus();
  next?.scrollIntoView({ block: "nearest" });
  return next !== undefined;
}

function focusSearch(): boolean {
  const field = document.querySelector<HTMLInputElement>("[data-search] input[type=search]");
  field?.focus();
  field?.select();
  return field !== null;
}

function openHelp(): boolean {
  const help = dialog("help");
  help?.showModal();
  return help !== null;
}

export function startKeys(): void {
  document.addEventListener("keydown", (event) => {
    if (event.isComposing) return; // pinyin being typed
    const command = commandOf({
      key: event.key,
      ctrl: event.ctrlKey || event.metaKey,
      alt: event.altKey,
      writing: isWriting(event.target),
      dialog: document.querySelector("dialog[open]") !== null,
      lettersOff: lettersOff(),
    });
    if (command === null) return;
    const acts = { search: focusSearch, next: () => move(1), previous: () => move(-1), help: openHelp };
    if (acts[command]()) event.preventDefault();
  });
  document.addEventListener("click", (event) => {
    if (event.target instanceof Element && event.target.closest("[data-help]")) openHelp();
  });
  const toggle = document.querySelector<HTMLInputElement>("[data-letters-off]");
  if (toggle !== null) {
    toggle.checked = lettersOff();
    toggle.addEventListener("change", () => {
      if (toggle.checked) localStorage.setItem(OFF, "1");
      else localStorage.removeItem(OFF);
    });
  }
}
