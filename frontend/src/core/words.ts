/** Words side by side, as the page's language does it. */

/** Returns items with the sign of the language between them; items that say nothing are left out. */
export function joined(items: readonly string[], language = document.documentElement.lang): string {
  return items.filter(Boolean).join(language.startsWith("zh") ? "\u3001" : ", ");
}
