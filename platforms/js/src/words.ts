/** A plugin names fields by their keys; people know them by their titles in a form. */

import type { ActionError } from './error';
import { titleCase } from './text';

/** A field of a form, as far as a message needs it; of lines, their fields too. */
export type Named = { key: string; title: string; fields?: Named[] };

/** The fields as editors that have names in title case show them. */
export function inTitleCase(fields: readonly Named[]): Named[] {
  return fields.map(({ key, title, fields }) => ({
    key,
    title: titleCase(title),
    ...(fields && { fields: inTitleCase(fields) }),
  }));
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

/** `bill_id must be …` is `Order Number must be …`, and `goods[0].count is …` is `Goods 1, Count is …`. */
function inWords(text: string, fields: readonly Named[], field = ''): string {
  const title = titleOf(field, fields);
  return title !== undefined && text.startsWith(`${field} `) ? title + text.slice(field.length) : text;
}

/** Of a field, of a line of it, or of a field in a line. */
function titleOf(path: string, fields: readonly Named[]): string | undefined {
  const [, key, line, inner] = /^([^[.]+)(?:\[(\d+)\])?(?:\.(.+))?$/.exec(path) ?? [];
  const field = fields.find((field) => field.key === key);
  if (!field) return undefined;
  const title = line === undefined ? field.title : `${field.title} ${Number(line) + 1}`;
  if (inner === undefined) return title;
  return `${title}, ${titleOf(inner, field.fields ?? []) ?? inner}`;
}
