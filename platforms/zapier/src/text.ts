/** A description's texts as Zapier's editor shows such texts. */

import type { Field } from '@justclick/plugin/forms';

const SMALL = new Set(['a', 'an', 'and', 'as', 'at', 'by', 'for', 'from', 'in', 'of', 'on', 'or', 'the', 'to', 'with']);
const ACRONYMS = new Set(['api', 'http', 'https', 'id', 'url']);

/** Labels are in title case: "Update order status" is "Update Order Status". */
export function titleCase(title: string): string {
  return title.replace(/[^\s-]+/g, (word, at: number) => {
    if (ACRONYMS.has(word.toLowerCase())) return word.toUpperCase();
    if (at > 0 && SMALL.has(word)) return word;
    return word.charAt(0).toUpperCase() + word.slice(1);
  });
}

/** What the action's title is about: "Update order status" is about an order status. */
export function noun(title: string): string {
  const [, ...rest] = title.split(' ');
  return titleCase(rest.join(' ') || title);
}

/** The description, but for how dates are written: Zapier takes any that people write. */
export function helpText(field: Field): string {
  return field.kind === 'dateTime' ? field.description.replace(/: [^.]*\./, '.') : field.description;
}
