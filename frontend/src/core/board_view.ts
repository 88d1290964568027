/** The building board is one stop of the Tab key; inside it the arrow keys walk. */

import { type Spot, spotTo } from "./board";
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
  roveAll();
}
