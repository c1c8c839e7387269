/** What the plugin takes, out of what n8n has: an item's input of an action, and the connection. */

import type { Connection } from '@justclick/plugin';
import { toRfc3339 } from '@justclick/plugin/datetime';
import { connectionFields, fieldsOf, type Action, type Description } from '@justclick/plugin/forms';
import { ADDITIONAL, parameterName } from './properties';

/** The value of a parameter for the item, expressions resolved; `null` if there is none. */
export type Parameter = (name: string) => unknown;

export function inputOf(action: Action, parameter: Parameter, zone: string): Record<string, unknown> {
  const fields = fieldsOf(action);
  const additional = (parameter(ADDITIONAL) ?? {}) as Record<string, unknown>;
  const valueOf = (name: string) => {
    const value = parameter(name);
    // What n8n keeps of an added field may be of a time when the form itself did not have it.
    return isAbsent(value) ? additional[name] : value;
  };
  const values = Object.fromEntries(fields.map((field) => [field.key, valueOf(parameterName(field))]));
  // Also what the item's status does not need: the plugin leaves that out.
  const given = fields.filter((field) => !isAbsent(values[field.key]));
  return Object.fromEntries(
    given.map(({ key, kind }) => [key, kind === 'dateTime' ? toRfc3339(values[key], zone) : values[key]]),
  );
}

export function connectionOf(description: Description, credential: Record<string, unknown>): Connection {
  const fields = connectionFields(description);
  return Object.fromEntries(fields.map((field) => [field.key, credential[parameterName(field)] as Connection[string]]));
}

function isAbsent(value: unknown): boolean {
  return value === undefined || value === null || value === '';
}
