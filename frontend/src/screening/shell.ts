/** What a device keeps so that the page opens without the server: its own files, and the time it heard. */

import { hear } from "./time";

/** Puts the shell on the device: what this page is made of, and the same page for any other round. */
export async function keepShell(worker: string, shell: string): Promise<void> {
  await navigator.serviceWorker.register(worker, { scope: "/desk/" });
  await navigator.serviceWorker.ready;
  const cache = await caches.open("gridwell-desk-1");
  const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
  const tags = [...document.querySelectorAll<HTMLLinkElement | HTMLScriptElement>("link[href], script[src]")];
  const urls = new Set([...loaded, ...tags.map((tag) => ("src" in tag ? tag.src : tag.href))]);
  const own = [...urls].filter((url) => new URL(url).pathname.startsWith("/static/"));
  await cache.addAll([...new Set([location.pathname, shell, ...own])]);
}

/** Learns the server's time while there is a server; a kit is good until then, by that time. */
export async function askTime(worker: string): Promise<void> {
  try {
    hear((await fetch(worker, { cache: "no-store" })).headers.get("X-Now") ?? undefined);
  } catch {
    // no server: what was learnt before holds
  }
}
