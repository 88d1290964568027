/** An entry of the timetable is moved by keys: Space takes it, arrows choose a slot, Enter puts it there, Escape
 * leaves it where it was. What a slot means for it is said before it is put there. */

import { closest } from "../core/dom";
import { Hand, wordOf } from "./slots_view";

const ARROWS: Record<string, [number, number]> = {
  ArrowUp: [-1, 0],
  ArrowDown: [1, 0],
  ArrowLeft: [0, -1],
  ArrowRight: [0, 1],
};

let hand: Hand | null = null;

/** Returns the next slot in a direction that is shown: closed ones are passed over. */
export function cellFrom(board: Element, cell: Element, [down, right]: [number, number]): HTMLElement | null {
  const rows = [...board.querySelectorAll("tbody tr")].map((row) => [...row.querySelectorAll<HTMLElement>(".slot-cell")]);
  let at = rows.findIndex((row) => row.includes(cell as HTMLElement));
  let column = rows[at]?.indexOf(cell as HTMLElement) ?? -1;
  if (at < 0) return null;
  for (;;) {
    at += down;
    column += right;
    const next = rows[at]?.[column];
    if (next === undefined) return null;
    if (!next.classList.contains("is-shut")) return next;
  }
}

function say(words: string): void {
  const said = hand?.board.querySelector<HTMLElement>("[data-slots-said]");
  if (!said) return;
  said.textContent = words;
  said.hidden = words === "";
}

function nameOf(cell: HTMLElement): string {
  const time = cell.closest("tr")?.querySelector("th")?.textContent?.trim() ?? "";
  return `${cell.dataset["label"] ?? ""} ${time}`;
}

function take(entry: HTMLElement, board: HTMLElement): void {
  hand = new Hand(board, entry);
  hand.hold(closest(entry, ".slot-cell"));
  say(`${entry.querySelector("b")?.textContent ?? ""}: ${wordOf(board, "taken")}`);
}

function step(by: [number, number]): void {
  const next = hand?.cell && cellFrom(hand.board, hand.cell, by);
  if (!hand || !next) return;
  hand.hold(next);
  next.scrollIntoView({ block: "nearest", inline: "nearest" });
  say([nameOf(next), hand.words].filter(Boolean).join(" · "));
}

function leave(): void {
  say("");
  hand?.leave();
  hand = null;
}

export function startSlotKeys(): void {
  document.addEventListener("keydown", (event) => {
    const entry = closest(event.target, "[data-slots] .slot-entry[data-slot]");
    const board = entry?.closest<HTMLElement>("[data-slots]");
    if (!entry || !board || event.ctrlKey || event.altKey || event.metaKey) return;
    if (hand === null || hand.entry !== entry) {
      if (event.key !== " ") return;
      take(entry, board);
    } else if (ARROWS[event.key] !== undefined) {
      step(ARROWS[event.key]!);
    } else if (event.key === "Enter" || event.key === " ") {
      const chosen = hand;
      say("");
      hand = null;
      chosen.put();
    } else if (event.key === "Escape") leave();
    else return;
    event.preventDefault();
  });
  document.addEventListener("focusout", (event) => {
    if (hand !== null && event.target === hand.entry) leave();
  });
}
