import { beforeEach, expect, test, vi } from "vitest";

import { isAnswered, questionOf } from "./confirm";
import { startConfirm } from "./confirm_view";

function form(html: string): HTMLFormElement {
  document.body.innerHTML = `${html}
    <dialog id="confirm"><p data-part="text"></p><p data-part="effect"></p>
      <div data-part="reason"><textarea></textarea></div><p data-part="fault" hidden></p>
      <button data-part="yes"></button></dialog>`;
  return document.querySelector("form")!;
}

test("without data-confirm nothing is asked", () => {
  expect(questionOf(null, form("<form></form>"))).toBeNull();
});

test("the button's question goes before the form's", () => {
  const asked = form('<form data-confirm="A"><button data-confirm="B" data-confirm-reason="why">x</button></form>');
  expect(questionOf(asked.querySelector("button"), asked)).toEqual({
    text: "B",
    effect: "",
    reasonField: "why",
    reasonRequired: true,
  });
  expect(questionOf(null, asked)?.text).toBe("A");
});

test.each([
  [true, "", false],
  [true, "  ", false],
  [true, "误划", true],
  [false, "", true],
])("reason required %s, given %o: %s", (reasonRequired, reason, fine) => {
  expect(isAnswered({ text: "", effect: "", reasonField: "why", reasonRequired }, reason)).toBe(fine);
});

let sent: FormData[] = [];

beforeEach(() => {
  sent = [];
});

test("a form with a question is sent only after the answer, with its reason", () => {
  const asked = form(
    '<form method="post"><button type="submit" data-confirm="Lift?" data-confirm-effect="92" data-confirm-reason="reason">Lift</button></form>',
  );
  const box = document.querySelector("dialog")!;
  box.showModal = vi.fn(() => box.setAttribute("open", ""));
  box.close = vi.fn(() => box.removeAttribute("open"));
  document.body.setAttribute("data-word-reason", "say why");
  startConfirm();
  asked.addEventListener("submit", (event) => {
    event.preventDefault();
    sent.push(new FormData(asked));
  });
  const button = asked.querySelector("button")!;
  asked.requestSubmit(button);
  expect(sent).toHaveLength(0);
  expect(box.showModal).toHaveBeenCalledOnce();
  expect(box.querySelector("[data-part=effect]")!.textContent).toBe("92");

  const yes = box.querySelector<HTMLButtonElement>("[data-part=yes]")!;
  expect(yes.textContent).toBe("Lift");
  yes.click();
  expect(sent).toHaveLength(0);
  expect(box.querySelector("[data-part=fault]")!.textContent).toBe("say why");

  box.querySelector("textarea")!.value = " five clean days ";
  yes.click();
  expect(sent).toHaveLength(1);
  expect(sent[0]!.get("reason")).toBe("five clean days");
});
