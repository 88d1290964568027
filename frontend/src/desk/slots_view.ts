/** The timetable: an entry goes to another slot by mouse, finger, pen or keys. The server decides; its page for
 * the entry does the same without a script, and asks for the reason where one is needed. */

import { showToast } from "../core/toast_view";
import { type Hitch, hitches, refused } from "./slots";

function numberOf(element: HTMLElement, name: string): number {
  return Number(element.dataset[name] ?? "0");
}

/** Returns what stands against putting the dragged entry into a cell. */
function against(board: HTMLElement, entry: HTMLElement, cell: HTMLElement): Hitch[] {
  const risk = cell.dataset["risk"] ?? "";
  return hitches(
    {
      people: numberOf(entry, "people"),
      is_high_risk: entry.dataset["risk"] === "high",
      walks_badly: false, // which site is the nearest only the server knows
    },
    {
      desks: numberOf(cell, "desks"),
      people: numberOf(cell, "people"),
      is_high_risk: risk === "" ? null : risk === "high",
      has_begun: cell.hasAttribute("data-begun"),
    },
    numberOf(board, "minutes"),
    numberOf(board, "rate"),
  );
}

const MARKS = ["may-take", "may-take-slow", "is-over-drag", "is-dragged"];

/** An entry that somebody has in hand: shows where it may go, and puts it there. */
export class Hand {
  private over: HTMLElement | null = null;

  constructor(
    readonly board: HTMLElement,
    readonly entry: HTMLElement,
  ) {
    entry.classList.add("is-dragged");
    for (const cell of board.querySelectorAll<HTMLElement>(".slot-cell")) {
      if (cell.contains(entry)) continue;
      const found = against(board, entry, cell);
      if (refused(found) === null) cell.classList.add(found.length > 0 ? "may-take-slow" : "may-take");
    }
  }

  /** Returns the slot that the entry is held over. */
  get cell(): HTMLElement | null {
    return this.over;
  }

  hold(cell: HTMLElement | null): void {
    if (cell === this.over) return;
    this.over?.classList.remove("is-over-drag");
    this.over = cell;
    cell?.classList.add("is-over-drag");
  }

  /** Returns what the board says of the slot that the entry is held over: a refusal, a reason to give, or nothing. */
  get words(): string {
    if (this.over === null || this.over.contains(this.entry)) return "";
    const found = against(this.board, this.entry, this.over);
    const hitch = refused(found);
    if (hitch !== null) return wordOf(this.board, hitch);
    return found.length > 0 ? wordOf(this.board, "waiting") : "";
  }

  put(): void {
    const cell = this.over;
    this.leave();
    if (cell !== null && !cell.contains(this.entry)) drop(this.board, this.entry, cell);
  }

  leave(): void {
    for (const one of this.board.querySelectorAll(MARKS.map((mark) => `.${mark}`).join(", "))) {
      one.classList.remove(...MARKS);
    }
    this.over = null;
  }
}

/** Returns a sentence that the board carries. */
export function wordOf(board: HTMLElement, code: string): string {
  return board.getAttribute(`data-word-${code.replaceAll("_", "-")}`) ?? code;
}

function drop(board: HTMLElement, entry: HTMLElement, cell: HTMLElement): void {
  const found = against(board, entry, cell);
  const hitch = refused(found);
  if (hitch !== null) {
    showToast(wordOf(board, hitch), "bad");
    return;
  }
  const spot = cell.dataset["spot"] ?? "";
  if (found.length > 0) {
    const page = new URL((entry as HTMLAnchorElement).href);
    page.searchParams.set("spot", spot);
    window.location.assign(page); // its form asks for the reason
    return;
  }
  const form = document.querySelector<HTMLFormElement>("#slot-move");
  if (form === null) return;
  const field = (name: string): HTMLInputElement => form.elements.namedItem(name) as HTMLInputElement;
  form.action = (entry as HTMLAnchorElement).href;
  field("seen").value = entry.dataset["seen"] ?? "";
  field("spot").value = spot;
  form.requestSubmit();
}
