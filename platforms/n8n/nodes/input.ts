/** What the plugin takes, out of what n8n has: the input of an action or a trigger, and the connection. */

import { ActionError, type Connection } from 'plugin-engine';
import { toRfc3339 } from 'plugin-engine/datetime';
import {
  connectionFields,
  fieldsOf,
  isAbsent,
  type Action,
  type Description,
  type Field,
  type Trigger,
} from 'plugin-engine/forms';
import { ADDITIONAL, ALL, jsonName, LIMIT, LIMIT_DEFAULT, LINE, parameterName } from './names';

/** The value of a parameter for the item, expressions resolved; `null` if there is none. */
export type Parameter = (name: string) => unknown;

export function inputOf(form: Action | Trigger, parameter: Parameter, zone: string): Record<string, unknown> {
  const additional = (parameter(ADDITIONAL) ?? {}) as Record<string, unknown>;
  const valueOf = (name: string) => {
    const value = parameter(name);
    // What n8n keeps of an added field may be of a time when the form itself did not have it.
    return isNothing(value) ? additional[name] : value;
  };
  const values = fieldsOf(form).map((field) => [field.key, given(field, valueOf, zone)] as const);
  // Also what the item's status does not need: the plugin leaves that out.
  return Object.fromEntries(values.filter(([, value]) => !isNothing(value)));
}

/** How many items of a search are wanted. */
export function limitOf(parameter: Parameter): { limit?: number } {
  return parameter(ALL) === true ? {} : { limit: Number(parameter(LIMIT) ?? LIMIT_DEFAULT) };
}

export function connectionOf(description: Description, credential: Record<string, unknown>): Connection {
  const fields = connectionFields(description);
  return Object.fromEntries(fields.map((field) => [field.key, credential[parameterName(field)] as Connection[string]]));
}

function given(field: Field, valueOf: (name: string) => unknown, zone: string): unknown {
  const value = plain(valueOf(parameterName(field)));
  if (field.kind !== 'lines') return converted(field, value, zone);
  const json = valueOf(jsonName(field));
  return isNothing(json) ? linesOf(field, value, zone) : parsed(field, json);
}

function converted(field: Field, value: unknown, zone: string): unknown {
  if (field.kind === 'dateTime') return toRfc3339(value, zone);
  if (field.kind !== 'list' || !Array.isArray(value)) return value;
  // An expression may give a whole list for one of the values.
  const values = value.flat().filter((each) => !isNothing(each));
  return values.length > 0 ? values : undefined;
}

/** What the editor keeps of lines: `{line: [{…}]}`, with n8n's names. */
function linesOf(field: Field, value: unknown, zone: string): unknown {
  const lines = (value as Record<string, unknown> | null | undefined)?.[LINE];
  if (!Array.isArray(lines)) return Array.isArray(value) ? value : undefined;
  if (lines.length === 0) return undefined;
  return lines.map((line: Record<string, unknown>) => {
    const values = (field.fields ?? []).map((inner) => {
      return [inner.key, given(inner, (name) => line[name], zone)] as const;
    });
    return Object.fromEntries(values.filter(([, each]) => !isNothing(each)));
  });
}

/** Lines that an earlier step has made. */
function parsed({ key, title }: Field, json: unknown): unknown {
  if (typeof json !== 'string') return json;
  try {
    return JSON.parse(json) as unknown;
  } catch {
    throw noJson(key, `${title} is no JSON: write a list such as [{…}, {…}].`);
  }
}

function noJson(field: string, message: string): ActionError {
  return new ActionError({ kind: 'invalid_input', message, retry: 'never', effect: 'none', field });
}

/** Of a field with a list to choose from, n8n keeps how it was chosen, too. */
function plain(value: unknown): unknown {
  const isChosen = typeof value === 'object' && value !== null && '__rl' in value;
  return isChosen ? (value as { value?: unknown }).value : value;
}

/** What is blank but not empty, the plugin judges. */
function isNothing(value: unknown): boolean {
  return value === '' || (typeof value !== 'string' && isAbsent(value));
}
