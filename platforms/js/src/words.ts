/** A plugin names fields by their keys; people know them by their titles in a form. */

import type { ActionError } from './error';
import { titleCase } from './text';

/** A field of a form, as far as a message needs it. */
export type Named = { key: string; title: string };

/** The fields as editors that have names in title case show them. */
export function inTitleCase(fields: readonly Named[]): Named[] {
  return fields.map(({ key, title }) => ({ key, title: titleCase(title) }));
}

/** One line. */
export function messageOf(error: ActionError, fields: readonly Named[]): string {
  const [first = error.message, ...more] = problemsOf(error, fields);
  return more.length === 0 ? first : `${first} (and ${more.length} more)`;
}

/** All that is wrong, a sentence each, in the words of the form; the message as it is where no field is wrong. */
export function problemsOf(error: ActionError, fields: readonly Named[]): string[] {
  if (error.problems.length === 0) return [inWords(error.message, fields, error.field)];
  return error.problems.map(({ field, message }) => inWords(message, fields, field));
}

/** `bill_id must be …` is `Order Number must be …`, and `set allow_http to "true"` is `turn on "Allow Plain HTTP"`. */
export function inWords(text: string, fields: readonly Named[], field?: string): string {
  let told = text;
  const own = fields.find(({ key }) => key === field);
  if (own && told.startsWith(`${own.key} `)) told = own.title + told.slice(own.key.length);
  for (const { key, title } of fields) {
    told = told.replaceAll(`set ${key} to "true"`, `turn on "${title}"`);
    told = told.replaceAll(`set ${key} to "false"`, `turn off "${title}"`);
  }
  return told;
}
