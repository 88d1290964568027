/** Warns before a shared computer signs its user out, and leaves the page when the time is over.
 *
 * All windows of one browser share the time of the last act. While the person works without asking
 * the server for a page, the server hears of it every few minutes.
 */

import { dialog } from "./dom";
import { idleAt, secondsLeft } from "./idle";
import { leaving } from "./leaving";

const STORE = "gridwell.last-act";
const WARN = 60_000;
const TELL = 240_000;

export function startIdle(): void {
  const { idleSeconds, idleKeep, idleOver } = document.body.dataset;
  const box = dialog("idle");
  if (!idleSeconds || !idleKeep || !idleOver || box === null) return;
  const limit = Number(idleSeconds) * 1000;
  const warn = Math.min(WARN, limit / 2);
  let told = Date.now();

  const lastAct = (): number => Number(localStorage.getItem(STORE) ?? 0);
  const note = (now: number): void => localStorage.setItem(STORE, String(now));
  const tell = (): void => {
    told = Date.now();
    void fetch(idleKeep, { headers: { "X-Requested-With": "XMLHttpRequest" } }).catch(() => undefined);
  };
  const act = (): void => {
    const now = Date.now();
    if (box.open || now - lastAct() < 1000) return;
    note(now);
    if (now - told > Math.min(TELL, limit / 2)) tell();
  };

  note(told); // asking for this page was an act
  for (const name of ["pointerdown", "keydown", "wheel", "touchstart"]) {
    document.addEventListener(name, act, { passive: true });
  }
  box.querySelector("[data-part=stay]")?.addEventListener("click", () => {
    note(Date.now());
    tell();
    box.close();
  });
  box.addEventListener("cancel", () => {
    note(Date.now());
    tell();
  });
  window.setInterval(() => {
    const now = Date.now();
    const state = idleAt(now, lastAct(), limit, warn);
    if (state === "over") void leaving().then(() => window.location.assign(idleOver));
    else if (state === "warn") {
      box.querySelector("[data-part=left]")!.textContent = String(secondsLeft(now, lastAct(), limit));
      if (!box.open) box.showModal();
    } else if (box.open) box.close(); // another window went on
  }, 1000);
}
