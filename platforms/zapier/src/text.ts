/** A description's texts as Zapier's editor shows such texts. */

import type { Action, Field, Trigger } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';

const ARTICLES = new Set(['a', 'an', 'the']);

/** What the action's title is about: "Update order status" is about an order status, "Create an order" an order. */
export function noun(title: string): string {
  const rest = title.split(' ').slice(1);
  if (ARTICLES.has(rest[0] ?? '')) rest.shift();
  return titleCase(rest.join(' ') || title);
}

/** What the editor lists an action or a trigger with. One that is outdated is for Zaps that have it already. */
export function displayOf(action: Action | Trigger) {
  const isHidden = 'deprecated' in action && action.deprecated !== undefined;
  return { label: titleCase(action.title), description: action.description, ...(isHidden && { hidden: true }) };
}

/** The description, but for what the form shows by itself, and for how dates are written: Zapier takes any. */
export function helpText({ kind, choices, description }: Field): string {
  if (kind === 'dateTime') return description.replace(/: [^.]*\./, '.');
  const sentences = description.split(/(?<=\.)\s+/);
  return sentences.filter((sentence) => !choices.some(({ value }) => sentence.startsWith(`${value}: `))).join(' ');
}
