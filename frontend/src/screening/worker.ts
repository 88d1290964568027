/** Keeps the shell of the sampling desk on the device: its pages, scripts and styles, nothing else. */

const NAME = "gridwell-desk-1";
const scope = self as unknown as {
  addEventListener: (kind: string, act: (event: WorkerEvent) => void) => void;
  skipWaiting: () => Promise<void>;
  clients: { claim: () => Promise<void> };
  location: Location;
};

interface WorkerEvent {
  waitUntil: (work: Promise<unknown>) => void;
  respondWith: (answer: Promise<Response>) => void;
  request: Request;
}

function isShell(url: URL): boolean {
  return url.origin === scope.location.origin && (/^\/desk\/(\d+\/)?app\/$/.test(url.pathname) || url.pathname.startsWith("/static/"));
}

/** Returns whether somebody opens a page of the desk that needs the server: without it the shell answers. */
function isDesk(request: Request): boolean {
  return request.mode === "navigate" && /^\/desk\/(\d+\/)?$/.test(new URL(request.url).pathname);
}

async function orShell(request: Request): Promise<Response> {
  try {
    return await fetch(request);
  } catch (fault) {
    const shell = await (await caches.open(NAME)).match("/desk/app/", { ignoreVary: true });
    if (shell) return shell;
    throw fault;
  }
}

/** From the server when it answers; else from what is kept. A redirect to sign-in is not kept. */
async function answer(request: Request): Promise<Response> {
  const cache = await caches.open(NAME);
  const fromStatic = new URL(request.url).pathname.startsWith("/static/");
  if (fromStatic) {
    const kept = await cache.match(request, { ignoreVary: true });
    if (kept) return kept;
  }
  try {
    const fresh = await fetch(request);
    if (fresh.ok && !fresh.redirected) await cache.put(request, fresh.clone());
    return fresh;
  } catch (fault) {
    const kept = await cache.match(request, { ignoreVary: true, ignoreSearch: !fromStatic });
    if (kept) return kept;
    throw fault;
  }
}

scope.addEventListener("install", (event) => event.waitUntil(scope.skipWaiting()));
scope.addEventListener("activate", (event) => event.waitUntil(scope.clients.claim()));
scope.addEventListener("fetch", (event) => {
  if (event.request.method !== "GET") return;
  if (isShell(new URL(event.request.url))) event.respondWith(answer(event.request));
  else if (isDesk(event.request)) event.respondWith(orShell(event.request));
});
