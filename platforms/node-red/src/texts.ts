/** The plugin's own texts in the dialogs, by the keys that `locales/` of a package has them under. */

import type { Field } from 'plugin-engine/forms';
import type { Form } from './form';

/** Gives the text of a key; `text` is the one that is there. */
export type Translate = (key: string, text: string) => string;

/** The form with other texts. */
export function withTexts(form: Form, translate: Translate): Form {
  const { actions, triggers, connection } = form;
  const titled = <T extends { name: string; title: string; fields: Field[] }>(part: T, at: string): T => ({
    ...part,
    title: translate(`${at}.title`, part.title),
    fields: fieldsIn(part.fields, at, translate),
  });
  return {
    ...form,
    title: translate('form.title', form.title),
    actions: actions.map((action) => titled(action, keyOf('actions', action))),
    triggers: triggers.map((trigger) => {
      const at = keyOf('triggers', trigger);
      return { ...titled(trigger, at), ...(trigger.docs && { docs: translate(`${at}.docs`, trigger.docs) }) };
    }),
    connection: connection.map((field) => ({ ...field, title: translate(connectionKey(field), field.title) })),
  };
}

/** The key of an action or a trigger. */
export function keyOf(kind: 'actions' | 'triggers', { name }: { name: string }): string {
  return `form.${kind}.${name}`;
}

/** The key of a field's title. */
export function fieldKey(at: string, { key }: Field): string {
  return `${at}.fields.${key}.title`;
}

export function connectionKey({ key }: Field): string {
  return `form.connection.${key}.title`;
}

function fieldsIn(fields: Field[], at: string, translate: Translate): Field[] {
  return fields.map((field) => {
    const here = `${at}.fields.${field.key}`;
    return {
      ...field,
      title: translate(fieldKey(at, field), field.title),
      choices: field.choices.map((choice, n) => ({
        ...choice,
        title: translate(`${here}.choices.${n}.title`, choice.title),
        ...(choice.description && { description: translate(`${here}.choices.${n}.description`, choice.description) }),
      })),
      ...(field.fields && { fields: fieldsIn(field.fields, here, translate) }),
    };
  });
}

/** What is in `locales/` for a form. */
export function catalogueOf(form: Form): object {
  const all: Record<string, unknown> = {};
  withTexts(form, (key, text) => {
    const steps = key.split('.');
    const last = steps.pop() ?? '';
    let at = all;
    for (const step of steps) at = (at[step] ??= {}) as typeof all;
    at[last] = text;
    return text;
  });
  return all;
}
