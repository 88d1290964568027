/** An entry of the timetable is dragged: by mouse from anywhere on it, by finger or pen from its handle, so that
 * a finger anywhere else still scrolls the page. */

import { closest } from "../core/dom";
import { Hand } from "./slots_view";

const FAR = 6; // below it a press is a click
const EDGE = 48;
const STEP = 12;

interface Press {
  board: HTMLElement;
  entry: HTMLElement;
  pointer: number;
  from: { x: number; y: number };
  at: { x: number; y: number };
  hand: Hand | null;
}

let press: Press | null = null;

function cellUnder(found: Press): HTMLElement | null {
  const cell = closest(document.elementFromPoint(found.at.x, found.at.y), ".slot-cell");
  return cell !== null && found.board.contains(cell) ? cell : null;
}

/** Scrolls while the entry is held at an edge of the window, or of a timetable that is wider than it. */
function scroll(): void {
  const found = press;
  if (found === null || found.hand === null) return;
  const { x, y } = found.at;
  const wide = found.board.querySelector(".scroll-x");
  if (y < EDGE) window.scrollBy(0, -STEP);
  else if (y > window.innerHeight - EDGE) window.scrollBy(0, STEP);
  if (wide !== null) {
    const box = wide.getBoundingClientRect();
    if (x < box.left + EDGE) wide.scrollBy(-STEP, 0);
    else if (x > box.right - EDGE) wide.scrollBy(STEP, 0);
  }
  found.hand.hold(cellUnder(found));
  requestAnimationFrame(scroll);
}

function end(): Press | null {
  const found = press;
  press = null;
  return found;
}

function leave(): void {
  end()?.hand?.leave();
}

/** What follows letting go is no click on the entry's link. */
function swallowClick(): void {
  const swallow = (event: Event): void => {
    event.preventDefault();
    event.stopPropagation();
  };
  document.addEventListener("click", swallow, { capture: true, once: true });
  setTimeout(() => document.removeEventListener("click", swallow, { capture: true }));
}

export function startPointer(): void {
  document.addEventListener("dragstart", (event) => {
    if (closest(event.target, "[data-slots] .slot-entry[data-slot]")) event.preventDefault(); // the browser's own
  });
  document.addEventListener("pointerdown", (event) => {
    const entry = closest(event.target, "[data-slots] .slot-entry[data-slot]");
    const board = entry?.closest<HTMLElement>("[data-slots]");
    if (!entry || !board || press !== null || !event.isPrimary || event.button !== 0) return;
    if (event.pointerType !== "mouse" && closest(event.target, ".grip") === null) return;
    const from = { x: event.clientX, y: event.clientY };
    press = { board, entry, pointer: event.pointerId, from, at: from, hand: null };
  });
  document.addEventListener("pointermove", (event) => {
    if (press === null || event.pointerId !== press.pointer) return;
    press.at = { x: event.clientX, y: event.clientY };
    if (press.hand === null) {
      if (Math.hypot(press.at.x - press.from.x, press.at.y - press.from.y) < FAR) return;
      press.hand = new Hand(press.board, press.entry);
      press.entry.setPointerCapture(press.pointer);
      requestAnimationFrame(scroll);
    }
    event.preventDefault();
    press.hand.hold(cellUnder(press));
  });
  document.addEventListener("pointerup", (event) => {
    if (press === null || event.pointerId !== press.pointer) return;
    const hand = end()?.hand;
    if (!hand) return;
    swallowClick();
    hand.put();
  });
  document.addEventListener("pointercancel", leave);
  window.addEventListener("blur", leave);
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") leave();
  });
}
