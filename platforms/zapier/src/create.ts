/** An action of the plugin as an action of Zapier's. */

import type { Create } from 'zapier-platform-core';
import { connectionFields, fieldsOf, outputFieldsOf, type Action, type Description } from '@justclick/plugin/forms';
import { titleCase } from '@justclick/plugin/text';
import { actionError } from './errors';
import { inputFields, inputOf, outputFields, outputOf } from './fields';
import type { UsePlugin } from './session';
import { noun } from './text';

/** Zapier calls every action that writes a create. */
export function create(action: Action, description: Description, usePlugin: UsePlugin): Create {
  const named = [...fieldsOf(action), ...connectionFields(description)];
  return {
    key: action.name,
    noun: noun(action.title),
    display: { label: titleCase(action.title), description: action.description },
    operation: {
      inputFields: inputFields(action),
      outputFields: outputFields(action),
      sample: sample(action),
      perform: async (z, bundle) => {
        try {
          const input = inputOf(action, bundle);
          return outputOf(action, await usePlugin((plugin) => plugin.call(action.name, input, bundle.authData)));
        } catch (error) {
          throw actionError(z, error, named);
        }
      },
    },
  };
}

/** What a later step is set up with before this one has run. */
function sample(action: Action): Record<string, unknown> {
  const [example] = action.examples ?? [];
  const examples = outputFieldsOf(action).map(({ key, example }) => [key, example]);
  return outputOf(action, example?.output ?? Object.fromEntries(examples));
}
