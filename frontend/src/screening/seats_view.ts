/** Which round somebody sits at without the server: one that is on the device, or one out of a night's kit. */

import type { Content } from "./desk";
import { KitFault, openKit } from "./kit";
import type { Store } from "./store";
import { serverNow } from "./time";

/** `round` 0: nobody has ordered one yet; what is sampled waits until the round is known. */
export interface Seat {
  round: number;
  user: string;
  desk: string;
}

export function ownerOf(seat: Seat): string {
  return `${seat.round}:${seat.user}:${seat.desk}`;
}

/** Returns the desk of somebody who sits at none of the round's: `queries.desk.desk_code` says the same. */
export function ownDesk(user: string): string {
  return `user${user}`;
}

function seatOf(owner: string): Seat {
  const [round, user, desk] = owner.split(":");
  return { round: Number(round), user: user ?? "", desk: desk ?? "" };
}

interface Choice {
  seat: Seat;
  content: Content;
}

/** Returns what this person has on the device and may still use. */
async function kept(store: Store, user: string): Promise<Choice[]> {
  const found: Choice[] = [];
  for (const owner of await store.owners()) {
    const seat = seatOf(owner);
    if (seat.user !== user) continue;
    const value = await store.of(owner).package();
    const ends = value && ("box" in value ? value.expires_at : value.sealed.expires_at);
    if (!value || !ends || new Date(ends).getTime() <= serverNow()) continue;
    try {
      found.push({ seat, content: (await store.content(value)) as Content });
    } catch {
      // forged or of another device: not offered
    }
  }
  return found;
}

function wordsOf(root: HTMLElement, content: Content, desk: string): string {
  const name = content.desks?.find(([ref]) => ref === desk)?.[1] ?? "";
  const what = content.round.id ? content.round.on : (root.dataset["sayNoRound"] ?? "");
  return [content.round.community, what, name].filter(Boolean).join(" · ");
}

function offer(box: Element, words: string, act: () => void): void {
  const line = document.createElement("li");
  const button = document.createElement("button");
  button.type = "button";
  button.className = "btn is-main";
  button.textContent = words;
  button.addEventListener("click", act);
  line.append(button);
  box.append(line);
}

/** Lets the person choose among what is on the device; resolves when a choice was made. */
export function chooseSeat(root: HTMLElement, store: Store, asked: Seat): Promise<Seat> {
  const box = root.querySelector<HTMLElement>("[data-desk-seats]")!;
  box.hidden = false;
  return new Promise((resolve) => {
    const sit = (seat: Seat): void => {
      history.replaceState(null, "", `#${ownerOf(seat)}`); // a reload sits down again
      box.hidden = true;
      resolve(seat);
    };
    const lay = async (): Promise<void> => {
      const choices = await kept(store, asked.user);
      const again = choices.find(({ seat }) => `#${ownerOf(seat)}` === location.hash);
      if (again) return sit(again.seat);
      const list = box.querySelector("ul")!;
      list.replaceChildren();
      box.querySelector<HTMLElement>("[data-desk-none]")!.hidden = choices.length > 0;
      for (const { seat, content } of choices) {
        offer(list, wordsOf(root, content, seat.desk), () => sit(seat));
      }
      root.dataset["choices"] = String(choices.length);
    };
    root.addEventListener("desk-kit", () => void lay());
    void lay();
  });
}

/** Takes packages out of a kit: a file and its passphrase, then the round, then the desk if there are several. */
export function startKit(root: HTMLElement, store: Store, asked: Seat): void {
  const form = root.querySelector<HTMLFormElement>("[data-desk-kit]")!;
  const said = form.querySelector("[data-desk-kit-said]")!;
  const list = form.querySelector("ul")!;
  const take = async (content: Content, desk: string): Promise<void> => {
    const seat = { round: content.round.id, user: asked.user, desk };
    const own = store.of(ownerOf(seat));
    const before = await own.package();
    const known = before && ((await own.content(before).catch(() => null)) as Content | null);
    if (!known || known.made_at < content.made_at) await own.keepContent(content, content.expires_at);
    form.reset();
    list.replaceChildren();
    if (asked.round === 0) root.dispatchEvent(new Event("desk-kit"));
    else if (seat.round === asked.round && desk === asked.desk) location.reload();
    else location.assign(root.dataset["shell"]!);
  };
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const data = new FormData(form);
    const file = data.get("file") as File;
    said.textContent = root.dataset["sayOpening"] ?? "";
    list.replaceChildren();
    void (async () => {
      try {
        const contents = packagesIn(await openKit(await file.text(), String(data.get("phrase") ?? "")));
        said.textContent = contents.length ? "" : (root.dataset["sayKitEnded"] ?? "");
        for (const content of contents) {
          const desks = [[ownDesk(asked.user), ""], ...(content.desks ?? [])] as [string, string][];
          for (const [ref] of desks) offer(list, wordsOf(root, content, ref), () => void take(content, ref));
        }
      } catch (fault) {
        const isOld = fault instanceof KitFault && fault.code === "kit_old";
        said.textContent = (isOld ? root.dataset["sayKitOld"] : root.dataset["sayKitWrong"]) ?? "";
      }
    })();
  });
}

/** Returns the packages of a kit that may still be used. */
export function packagesIn(files: Record<string, string>): Content[] {
  return Object.entries(files)
    .filter(([name]) => /^desk-\d+\.json$/.test(name))
    .map(([, text]) => JSON.parse(text) as Content)
    .filter((content) => new Date(content.expires_at).getTime() > serverNow());
}
