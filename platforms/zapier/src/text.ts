/** A description's texts as Zapier's editor shows such texts. */

import type { Field } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';

/** What the action's title is about: "Update order status" is about an order status. */
export function noun(title: string): string {
  const [, ...rest] = title.split(' ');
  return titleCase(rest.join(' ') || title);
}

/** The description, but for what the form shows by itself, and for how dates are written: Zapier takes any. */
export function helpText({ kind, choices, description }: Field): string {
  if (kind === 'dateTime') return description.replace(/: [^.]*\./, '.');
  const sentences = description.split(/(?<=\.)\s+/);
  return sentences.filter((sentence) => !choices.some(({ value }) => sentence.startsWith(`${value}: `))).join(' ');
}
