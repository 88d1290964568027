/** Small helpers around the document; the only ones shared by the views. */

/** Returns the sentence that the page carries for a code (`data-word-<code>` on the body). */
export function word(code: string): string {
  return document.body.getAttribute(`data-word-${code}`) ?? code;
}

/** Runs `act` when something matching `selector` is clicked, now or later in the page's life. */
export function onClick(selector: string, act: (found: HTMLElement, event: MouseEvent) => void): void {
  document.addEventListener("click", (event) => {
    const found = closest(event.target, selector);
    if (found !== null) act(found, event);
  });
}

export function closest(target: EventTarget | null, selector: string): HTMLElement | null {
  return target instanceof Element ? target.closest<HTMLElement>(selector) : null;
}

export function dialog(id: string): HTMLDialogElement | null {
  return document.querySelector<HTMLDialogElement>(`dialog#${id}`);
}

/** Returns whether the person is writing, so that a single letter is text and not a command. */
export function isWriting(target: EventTarget | null): boolean {
  if (!(target instanceof HTMLElement)) return false;
  if (target.isContentEditable) return true;
  if (target instanceof HTMLInputElement) {
    return !["checkbox", "radio", "button", "submit", "reset", "file", "range"].includes(target.type);
  }
  return ["TEXTAREA", "SELECT"].includes(target.tagName);
}

/** Returns the value of a cookie, empty when there is none. */
export function cookie(name: string): string {
  const found = document.cookie.split("; ").find((one) => one.startsWith(`${name}=`));
  return found ? decodeURIComponent(found.slice(name.length + 1)) : "";
}
