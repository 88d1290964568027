/** The building board is one stop of the Tab key; inside it the arrow keys walk. */

import { hasMore, isBelow, type Spot, spotTo } from "./board";
import { closest } from "./dom";

function cellsOf(board: Element): HTMLElement[] {
  return [...board.querySelectorAll<HTMLElement>("a.cell, button.cell")];
}

function spotOf(cell: HTMLElement): Spot {
  const box = cell.closest("td") as HTMLTableCellElement;
  const row = box.parentElement as HTMLTableRowElement;
  return { row: row.rowIndex, column: box.cellIndex };
}

function rove(board: Element): void {
  const cells = cellsOf(board);
  const first = cells.find((cell) => cell.matches(".is-selected")) ?? cells[0];
  for (const cell of cells) cell.tabIndex = cell === first ? 0 : -1;
}

/** A board that is wider than the screen says so, as long as there is more to its right. */
function showMore(wrap: Element): void {
  const more = hasMore(wrap.scrollLeft, wrap.clientWidth, wrap.scrollWidth);
  wrap.classList.toggle("has-more", more);
  const hint = wrap.previousElementSibling;
  if (hint instanceof HTMLElement && hint.matches(".board-more")) hint.hidden = !more;
}

/** Where the side stands below the board, the door that was just chosen comes into view. */
function reveal(event: Event): void {
  const side = event.target;
  if (!(side instanceof Element) || side.id !== "board-side") return;
  if (isBelow(side.getBoundingClientRect().top, window.innerHeight)) side.scrollIntoView({ block: "nearest" });
}

export function startBoard(): void {
  const roveAll = (): void => document.querySelectorAll(".board").forEach(rove);
  document.addEventListener("keydown", (event) => {
    const cell = closest(event.target, ".board .cell");
    const board = cell?.closest(".board");
    if (!cell || !board || event.ctrlKey || event.altKey || event.metaKey) return;
    const cells = cellsOf(board);
    const next = cells[spotTo(cells.map(spotOf), cells.indexOf(cell), event.key)];
    if (!next) return;
    event.preventDefault();
    cell.tabIndex = -1;
    next.tabIndex = 0;
    next.focus();
    next.scrollIntoView({ block: "nearest", inline: "nearest" });
  });
  document.addEventListener("click", (event) => {
    const cell = closest(event.target, ".board a.cell, .board button.cell");
    const board = cell?.closest(".board");
    if (!cell || !board || !cell.hasAttribute("hx-get")) return;
    for (const one of cellsOf(board)) one.classList.toggle("is-selected", one === cell);
    rove(board);
  });
  document.addEventListener("htmx:afterSwap", roveAll);
  document.addEventListener("htmx:afterSwap", reveal);
  roveAll();
  for (const wrap of document.querySelectorAll(".board-wrap")) {
    wrap.addEventListener("scroll", () => showMore(wrap), { passive: true });
    new ResizeObserver(() => showMore(wrap)).observe(wrap);
  }
}
