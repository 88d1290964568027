/** The server's time as this device knows it: its own clock, less how far that was ahead when they last spoke.
 *
 * A telephone whose clock is years off still works: what ends at the server's noon ends here at that noon.
 * What the desk writes down keeps the device's own time; the server sets it right by the same difference.
 */

const KEY = "gridwell-desk-ahead";

/** Keeps how far this device is ahead, by what the server says is now. */
export function hear(now: string | undefined): void {
  const server = Date.parse(now ?? "");
  if (!Number.isNaN(server)) localStorage.setItem(KEY, String(Date.now() - server));
}

/** Returns the server's present time in milliseconds; the device's own while they have never spoken. */
export function serverNow(): number {
  const ahead = Number(localStorage.getItem(KEY) ?? 0);
  return Date.now() - (Number.isFinite(ahead) ? ahead : 0);
}
