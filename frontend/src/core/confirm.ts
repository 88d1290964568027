/** What a confirm dialog has to ask, read from the attributes of a form or of its button. */

export interface Question {
  text: string;
  /** What the act does, in people and households; empty when it touches nobody. */
  effect: string;
  /** The name of the field that takes the reason; null when none is asked for. */
  reasonField: string | null;
  reasonRequired: boolean;
}

/** Returns the question, or null when the act needs no confirmation. The button's words go before the form's. */
export function questionOf(button: Element | null, form: Element): Question | null {
  const from = [button, form].find((one) => one?.hasAttribute("data-confirm"));
  if (!from) return null;
  const optional = from.getAttribute("data-confirm-reason-optional");
  return {
    text: from.getAttribute("data-confirm") ?? "",
    effect: from.getAttribute("data-confirm-effect") ?? "",
    reasonField: from.getAttribute("data-confirm-reason") ?? optional,
    reasonRequired: from.hasAttribute("data-confirm-reason"),
  };
}

/** Returns whether the answer may be sent: a reason that is asked for is more than blanks. */
export function isAnswered(question: Question, reason: string): boolean {
  return !question.reasonRequired || reason.trim().length >= 2;
}
