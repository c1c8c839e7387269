/** A description's texts as Zapier's editor shows such texts. */

import type { Field } from '@justclick/plugin/forms';
import { titleCase } from '@justclick/plugin/text';

/** What the action's title is about: "Update order status" is about an order status. */
export function noun(title: string): string {
  const [, ...rest] = title.split(' ');
  return titleCase(rest.join(' ') || title);
}

/** The description, but for how dates are written: Zapier takes any that people write. */
export function helpText(field: Field): string {
  return field.kind === 'dateTime' ? field.description.replace(/: [^.]*\./, '.') : field.description;
}
