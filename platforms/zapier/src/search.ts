/** A read of the plugin as a search of Zapier's. */

import type { Search } from 'zapier-platform-core';
import { ActionError, allItems, isSearch } from 'plugin-engine';
import { connectionFields, fieldsOf, itemFieldsOf, type Action, type Description } from 'plugin-engine/forms';
import { actionError } from './errors';
import { inputFields, inputOf, itemFields, outputFields, outputOf } from './fields';
import { sampleOf } from './sample';
import type { UsePlugin } from './session';
import { displayOf, noun } from './text';
import { throttle } from './throttle';

/** Zapier's steps go on with the first that is found, or with all of them as line items. */
const MOST = 100;

/** Zapier calls every action that only reads a search. What is not there is an empty list. */
export function search(action: Action, description: Description, usePlugin: UsePlugin): Search {
  const named = [...fieldsOf(action), ...connectionFields(description)];
  const isList = isSearch(action) && itemFieldsOf(action).length > 0;
  return {
    key: action.name,
    noun: noun(action.title),
    display: displayOf(action),
    operation: {
      inputFields: inputFields(action),
      outputFields: isList ? itemFields(action) : outputFields(action),
      sample: sampleOf(action, isList),
      ...throttle(description, action),
      perform: async (z, bundle) => {
        const input = inputOf(action, bundle);
        try {
          return await usePlugin(async (plugin) => {
            if (!isSearch(action)) return [outputOf(action, await plugin.call(action.name, input, bundle.authData))];
            const found = await allItems(plugin, action, input, bundle.authData, { limit: MOST });
            return found.map((item) => outputOf(action, isObject(item) ? item : { value: item }));
          });
        } catch (error) {
          if (error instanceof ActionError && error.kind === 'not_found') return [];
          throw actionError(z, action, error, named);
        }
      },
    },
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
