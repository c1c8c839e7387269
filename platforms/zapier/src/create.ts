/** An action of the plugin as an action of Zapier's. */

import type { Create } from 'zapier-platform-core';
import { connectionFields, fieldsOf, type Action, type Description } from 'plugin-engine/forms';
import { actionError } from './errors';
import { inputFields, inputOf, outputFields, outputOf } from './fields';
import { sampleOf } from './sample';
import type { UsePlugin } from './session';
import { displayOf, noun } from './text';
import { throttle } from './throttle';

/** Zapier calls every action that writes a create. */
export function create(action: Action, description: Description, usePlugin: UsePlugin): Create {
  const named = [...fieldsOf(action), ...connectionFields(description)];
  return {
    key: action.name,
    noun: noun(action.title),
    display: displayOf(action),
    operation: {
      inputFields: inputFields(action),
      outputFields: outputFields(action),
      sample: sampleOf(action),
      ...throttle(description, action),
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
