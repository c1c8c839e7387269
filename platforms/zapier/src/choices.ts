/** The choices of a field that the service knows: in Zapier, a trigger that nobody sees. */

import type { Trigger as ZapierTrigger } from 'zapier-platform-core';
import { choicesOf } from 'plugin-engine';
import {
  chosenFieldsOf,
  connectionFields,
  fieldsOf,
  type Action,
  type Description,
  type Trigger,
} from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { actionError } from './errors';
import type { UsePlugin } from './session';

/** What the field's trigger is called. */
export function choicesKey(action: Pick<Action | Trigger, 'name'>, { field }: { field: string }): string {
  return `${action.name}_${field.replace(/\W+/g, '_')}`;
}

/** One for each field that has such a list. */
export function choices(
  description: Description,
  offered: Trigger[],
  usePlugin: UsePlugin,
): Record<string, ZapierTrigger> {
  const triggers = [...description.actions, ...offered].flatMap((action) =>
    chosenFieldsOf(action).map(({ title, options }) => {
      return choicesTrigger(description, action, titleCase(title), options.field, usePlugin);
    }),
  );
  return Object.fromEntries(triggers.map((trigger) => [trigger.key, trigger]));
}

function choicesTrigger(
  description: Description,
  action: Action | Trigger,
  label: string,
  field: string,
  usePlugin: UsePlugin,
): ZapierTrigger {
  return {
    key: choicesKey(action, { field }),
    noun: label,
    display: { label: `${label} Choices`, description: `Lists the choices of ${label}.`, hidden: true },
    operation: {
      type: 'polling',
      perform: async (z, bundle) => {
        const { authData, inputData } = bundle;
        try {
          const found = await usePlugin((plugin) =>
            choicesOf(plugin, description, action, field, authData, { values: inputData }),
          );
          return found.map(({ value, title }) => ({ id: value, name: title }));
        } catch (error) {
          throw actionError(z, { annotations: { readOnlyHint: true } }, error, [
            ...fieldsOf(action),
            ...connectionFields(description),
          ]);
        }
      },
    },
  };
}
