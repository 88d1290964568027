/** Walking over a building board with the arrow keys. */

export interface Spot {
  row: number;
  column: number;
}

const MOVES: ReadonlyMap<string, Spot> = new Map([
  ["ArrowUp", { row: -1, column: 0 }],
  ["ArrowDown", { row: 1, column: 0 }],
  ["ArrowLeft", { row: 0, column: -1 }],
  ["ArrowRight", { row: 0, column: 1 }],
]);

/** Returns the index of the nearest spot in the key's direction, or -1. Gaps are jumped over; a sideways
 * move stays on its floor, an up or down move takes the nearest column of the next floor that has one. */
export function spotTo(spots: readonly Spot[], at: number, key: string): number {
  const move = MOVES.get(key);
  const from = spots[at];
  if (!move || !from) return -1;
  let best = -1;
  let least = Infinity;
  spots.forEach((spot, index) => {
    const rows = (spot.row - from.row) * move.row;
    const columns = (spot.column - from.column) * move.column;
    if (move.row === 0 ? spot.row !== from.row || columns <= 0 : rows <= 0) return;
    const far = move.row === 0 ? columns : rows * 1000 + Math.abs(spot.column - from.column);
    if (far < least) [best, least] = [index, far];
  });
  return best;
}

/** Returns whether a box that scrolls sideways has more to its right; a rounded pixel is no more. */
export function hasMore(scrolled: number, width: number, whole: number): boolean {
  return whole - width - scrolled > 1;
}

/** Returns whether something stands too low on the screen to be seen when it changes. */
export function isBelow(top: number, height: number): boolean {
  return top > height * 0.75;
}
