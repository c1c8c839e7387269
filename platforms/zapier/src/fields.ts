/** An action's fields, as Zapier's editor has them. */

import type { Bundle, PlainInputField, PlainOutputField, ZObject } from 'zapier-platform-core';
import { toRfc3339 } from 'plugin-engine/datetime';
import {
  fieldsOf,
  isAbsent,
  itemFieldsOf,
  outputFieldsOf,
  type Action,
  type Field,
  type ObjectSchema,
  type Trigger,
} from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { choicesKey } from './choices';
import { deciding, truth } from './conditions';
import { helpText } from './text';

type InputField = PlainInputField | ((z: ZObject, bundle: Bundle) => PlainInputField[]);

const TYPES = {
  text: 'string',
  choice: 'string',
  dateTime: 'datetime',
  integer: 'integer',
  number: 'number',
  boolean: 'boolean',
} as const;

type Simple = keyof typeof TYPES;

/** The input fields. Those that come and go with the value of another are functions, in their places. */
export function inputFields(action: Action | Trigger): InputField[] {
  const fields = fieldsOf(action);
  const alters = deciding(fields);
  return fields.map((field) => {
    const plain = { ...inputField(action, field), ...(alters.has(field.key) && { altersDynamicFields: true }) };
    if (!field.visible && typeof field.required === 'boolean') return plain;
    return (_z, { inputData }) => {
      if (!isShown(field, fields, inputData)) return [];
      const required =
        typeof field.required === 'object' ? truth(field.required.when, fields, inputData) === 'yes' : field.required;
      return [{ ...plain, required }];
    };
  });
}

/** The input of an action or a trigger. Also what the status does not need: the plugin leaves that out, by one rule for all hosts. */
export function inputOf(
  action: Action | Trigger,
  { inputData, meta }: Pick<Bundle, 'inputData'> & Partial<Bundle>,
): Record<string, unknown> {
  return valuesOf(fieldsOf(action), inputData, ({ key }) => key, meta?.timezone);
}

function valuesOf(
  fields: Field[],
  given: Record<string, unknown>,
  keyOf: (field: Field) => string,
  zone: string | null | undefined,
): Record<string, unknown> {
  const values = fields.map((field) => [field.key, converted(field, given[keyOf(field)], zone)] as const);
  return Object.fromEntries(values.filter(([, value]) => value !== undefined));
}

function converted(field: Field, value: unknown, zone: string | null | undefined): unknown {
  if (field.kind === 'dateTime') return value === undefined ? undefined : toRfc3339(value, zone);
  if (!Array.isArray(value)) return value;
  if (field.kind === 'list') return unlessEmpty(value.flat().filter((each) => !isAbsent(each)));
  if (field.kind !== 'lines') return value;
  // Zapier sends a line for which nothing has been entered, too.
  const lines = value.map((line) => {
    const isLine = typeof line === 'object' && line !== null;
    return isLine ? valuesOf(field.fields ?? [], line, (inner) => lineKey(field, inner), zone) : line;
  });
  return unlessEmpty(lines.filter((line) => !Object.values(Object(line)).every(isAbsent)));
}

function unlessEmpty(values: unknown[]): unknown[] | undefined {
  return values.length > 0 ? values : undefined;
}

/** Of an action's fields, also those of its lines, no two may have one key. */
function lineKey(field: Field, inner: Field): string {
  return `${field.key}_${inner.key}`;
}

/** The output's fields. */
export function outputFields(action: Action): PlainOutputField[] {
  return outputFieldsOf(action).map((field) => outputField(field, dateKeys(action)));
}

/** Those of what a search finds. Something has to tell one from the other: a field `id`, or the first. */
export function itemFields(action: Action): PlainOutputField[] {
  const fields = itemFieldsOf(action).map((field) => outputField(field, dateKeys(action)));
  const hasId = fields.some(({ key }) => key === 'id');
  return fields.map((field, at) => (at === 0 && !hasId ? { ...field, primary: true } : field));
}

export function outputField(field: Field, dates = new Set<string>()): PlainOutputField {
  const { key, title, kind, fields = [], element } = field;
  const shown = { key, label: titleCase(title) };
  if (fields.length > 0) return { ...shown, children: fields.map((inner) => outputField(inner, dates)) };
  const simple = (kind === 'list' ? element?.kind : kind) ?? 'text';
  const type = dates.has(key) ? 'datetime' : typeOf(simple);
  return { ...shown, type, ...(kind === 'list' && { list: true }) };
}

function typeOf(kind: Field['kind']) {
  return TYPES[kind as Simple] ?? 'string';
}

/**
 * The action's output, as later steps of a Zap expect it: dates in ISO 8601 instead of UNIX seconds, and what has no
 * type, and so may be anything, as a text.
 */
export function outputOf(action: Action, output: Record<string, unknown>): Record<string, unknown> {
  const dates = dateKeys(action);
  const { items } = action.outputSchema.properties;
  const properties = { ...items?.items?.properties, ...action.outputSchema.properties };
  const known = Object.entries(textUnlessTyped({ properties }, output)).map(([key, value]) => {
    return [key, typeof value === 'number' && dates.has(key) ? isoOf(value) : value];
  });
  return Object.fromEntries(known);
}

/** What has no type may be anything, and is a text. */
export function textUnlessTyped({ properties }: Pick<ObjectSchema, 'properties'>, output: Record<string, unknown>) {
  const known = Object.entries(output).map(([key, value]) => {
    const isTyped = Object.hasOwn(properties, key) && properties[key]?.type !== undefined;
    return [key, isTyped || typeof value === 'string' ? value : JSON.stringify(value)];
  });
  return Object.fromEntries(known) as Record<string, unknown>;
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function inputField(action: Action | Trigger, field: Field, key = field.key): PlainInputField {
  const help = helpText(field);
  const shown = {
    key,
    label: titleCase(field.title),
    required: field.required === true,
    ...(help && { helpText: help }),
  };
  if (field.kind === 'lines') {
    const children = (field.fields ?? []).map((inner) => inputField(action, inner, lineKey(field, inner)));
    // Zapier takes no help on them, and each of their fields says itself whether it is needed.
    return { key, label: shown.label, children };
  }
  return {
    ...shown,
    type: typeOf(field.kind === 'list' ? (field.element?.kind ?? 'text') : field.kind),
    ...(field.kind === 'list' && { list: true }),
    ...(field.options && { dynamic: `${choicesKey(action, field.options)}.id.name` }),
    ...(field.options && key === field.key && searchOf(field.options)),
    ...(field.kind === 'text' && field.example !== undefined && { placeholder: String(field.example) }),
    ...(field.choices.length > 0 && { choices: field.choices.map(choice) }),
  };
}

/** The search by which an earlier step finds what is wanted, where there are more choices than a list shows. */
function searchOf({ action, value, search }: NonNullable<Field['options']>) {
  const [, key] = /^\/(\w+)$/.exec(value) ?? [];
  return search !== undefined && key !== undefined ? { search: `${action}.${key}` } : {};
}

function choice({ value, title, description }: Field['choices'][number]) {
  return { value, sample: value, label: description ? `${title}: ${description}` : title };
}

function isShown(field: Field, fields: Field[], input: Record<string, unknown>): boolean {
  return !field.visible || truth(field.visible, fields, input) !== 'no';
}

/** An output field that bears the name of a date in the input tells that date. */
function dateKeys(action: Action): Set<string> {
  return new Set(fieldsOf(action).flatMap(({ key, kind }) => (kind === 'dateTime' ? [key] : [])));
}
