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
      ...(action.subject !== undefined && { lock: lock(action.subject) }),
      perform: async (z, bundle) => {
        try {
          const input = inputOf(action, bundle);
          return outputOf(action, await usePlugin((plugin) => plugin.call(action.name, input, bundle.authData)));
        } catch (error) {
          throw actionError(z, action, error, named);
        }
      },
    },
  };
}

/** Seconds: a step ends sooner. */
const LOCK_S = 60;

/** Steps run in processes of their own: only Zapier can keep those on one subject of one account apart. */
function lock(subject: string) {
  return { key: `{{bundle.inputData.${subject}}}`, scope: ['auth' as const], timeout: LOCK_S };
}

/** What a later step is set up with before this one has run. */
function sample(action: Action): Record<string, unknown> {
  const [example] = action.examples ?? [];
  const examples = outputFieldsOf(action).map(({ key, example }) => [key, example]);
  return outputOf(action, example?.output ?? Object.fromEntries(examples));
}
