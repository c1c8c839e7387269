/** The ids of what stands in the dialogs: both the page and its script know them. */

import type { Form } from './form';

/** The test of a connection: its button, and its result. */
export function checkIds({ names }: Pick<Form, 'names'>): { button: string; result: string } {
  return { button: `${names.action}-check`, result: `${names.action}-check-result` };
}

/** A field of an action or a trigger. */
export function inputId({ names }: Pick<Form, 'names'>, of: { name: string }, field: { key: string }): string {
  return `${names.action}-${of.name}-${field.key}`;
}

/** The list that is edited in the dialog, of a field that has one. */
export function listId(form: Pick<Form, 'names'>, of: { name: string }, field: { key: string }): string {
  return `${inputId(form, of, field)}-list`;
}

/** Of the node that tells what happens; `webhook` and `poll` are classes of the rows that only one of them has. */
export function triggerIds({ names: { action } }: Pick<Form, 'names'>) {
  return {
    address: `${action}-address`,
    copy: `${action}-copy`,
    docs: `${action}-docs`,
    start: `${action}-start`,
    webhook: `${action}-webhook`,
    poll: `${action}-poll`,
  };
}
