/** Who signs out, or leaves the device to a colleague, leaves no list of people on it.
 *
 * What is not sent stays, said plainly before; whoever works here next takes the rest off as well.
 */

import { confirmed } from "../core/confirm_view";
import { word } from "../core/dom";
import { beforeLeaving, leaving } from "../core/leaving";
import { tellTabs, unsentOf, wipe } from "./device";

const LEAVING = /^\/account\/(logout|switch)\/$/;

async function takeOff(): Promise<void> {
  await wipe(() => true);
  tellTabs({ kind: "left" });
}

async function leave(form: HTMLFormElement, user: string): Promise<void> {
  const unsent = await unsentOf(user).catch(() => ({ acts: 0, people: 0 }));
  if (unsent.acts > 0) {
    const words = word("unsent").replace("{people}", String(unsent.people)).replace("{entries}", String(unsent.acts));
    const button = form.querySelector("button")?.textContent?.trim();
    if (!(await confirmed(words, button ?? word("yes")))) return;
  }
  await leaving();
  form.submit();
}

export function startLeave(): void {
  const user = document.body.dataset["user"] ?? "";
  beforeLeaving(takeOff);
  // A colleague's list goes as soon as somebody else is signed in; signed out, only what has expired.
  void wipe((owner) => user !== "" && owner !== user).catch(() => undefined);
  document.addEventListener(
    "submit",
    (event) => {
      const form = event.target as HTMLFormElement;
      if (!LEAVING.test(new URL(form.action).pathname)) return;
      event.preventDefault();
      event.stopImmediatePropagation();
      void leave(form, user);
    },
    true,
  );
}
