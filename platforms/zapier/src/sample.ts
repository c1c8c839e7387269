/** What a later step is set up with before this one has run. */

import { itemFieldsOf, outputFieldsOf, type Action } from 'plugin-engine/forms';
import { outputOf } from './fields';

/** An output of the action; of a list, one of its items. */
export function sampleOf(action: Action, isList = false): Record<string, unknown> {
  const outputs = (action.examples ?? []).map(({ output }) => output);
  const [example] = isList ? outputs.flatMap(({ items }) => (items ?? []) as Record<string, unknown>[]) : outputs;
  const fields = isList ? itemFieldsOf(action) : outputFieldsOf(action);
  return outputOf(action, example ?? Object.fromEntries(fields.map(({ key, example }) => [key, example])));
}
