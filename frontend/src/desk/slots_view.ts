/** The timetable: an entry is dragged to another slot. The server decides; its page for the entry does the
 * same without a script, and asks for the reason where one is needed. */

import { closest } from "../core/dom";
import { showToast } from "../core/toast_view";
import { type Hitch, hitches, refused } from "./slots";

let dragged: HTMLElement | null = null;

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

function showChoices(board: HTMLElement, entry: HTMLElement): void {
  for (const cell of board.querySelectorAll<HTMLElement>(".slot-cell")) {
    if (cell.contains(entry)) continue;
    const found = against(board, entry, cell);
    if (refused(found) !== null) continue;
    cell.classList.add(found.length > 0 ? "may-take-slow" : "may-take");
  }
}

function clear(): void {
  for (const one of document.querySelectorAll(".may-take, .may-take-slow, .is-over-drag, .is-dragged")) {
    one.classList.remove("may-take", "may-take-slow", "is-over-drag", "is-dragged");
  }
  dragged = null;
}

function drop(board: HTMLElement, entry: HTMLElement, cell: HTMLElement): void {
  const found = against(board, entry, cell);
  const hitch = refused(found);
  if (hitch !== null) {
    showToast(board.getAttribute(`data-word-${hitch.replace("_", "-")}`) ?? hitch, "bad");
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

export function startSlots(): void {
  document.addEventListener("dragstart", (event) => {
    const entry = closest(event.target, "[data-slots] .slot-entry[data-slot]");
    const board = entry?.closest<HTMLElement>("[data-slots]");
    if (!entry || !board || !event.dataTransfer) return;
    dragged = entry;
    event.dataTransfer.effectAllowed = "move";
    event.dataTransfer.setData("text/plain", entry.querySelector("b")?.textContent ?? "");
    entry.classList.add("is-dragged");
    showChoices(board, entry);
  });
  document.addEventListener("dragover", (event) => {
    const cell = closest(event.target, "[data-slots] .slot-cell");
    if (dragged === null || cell === null) return;
    event.preventDefault();
    for (const one of document.querySelectorAll(".is-over-drag")) one.classList.toggle("is-over-drag", one === cell);
    cell.classList.add("is-over-drag");
  });
  document.addEventListener("drop", (event) => {
    const cell = closest(event.target, "[data-slots] .slot-cell");
    const board = cell?.closest<HTMLElement>("[data-slots]");
    const entry = dragged;
    if (!cell || !board || entry === null) return;
    event.preventDefault();
    clear();
    if (!cell.contains(entry)) drop(board, entry, cell);
  });
  document.addEventListener("dragend", clear);
}
