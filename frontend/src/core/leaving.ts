/** What has to be done on this device before the person leaves it. A device that cannot is left all the same. */

const acts: (() => Promise<unknown>)[] = [];
const MOST = 3_000;

export function beforeLeaving(act: () => Promise<unknown>): void {
  acts.push(act);
}

export async function leaving(): Promise<void> {
  const all = Promise.allSettled(acts.map((act) => act()));
  await Promise.race([all, new Promise((resolve) => setTimeout(resolve, MOST))]);
}
