/** An action's fields, as Zapier's editor has them. */

import type { Bundle, PlainInputField, PlainOutputField, ZObject } from 'zapier-platform-core';
import { toRfc3339 } from '@justclick/plugin/datetime';
import { fieldsOf, outputFieldsOf, type Action, type Field } from '@justclick/plugin/forms';
import { titleCase } from '@justclick/plugin/text';
import { deciding, truth } from './conditions';
import { helpText } from './text';

type InputField = PlainInputField | ((z: ZObject, bundle: Bundle) => PlainInputField[]);

const TYPES = {
  text: 'string',
  choice: 'string',
  dateTime: 'datetime',
  integer: 'integer',
  boolean: 'boolean',
} as const;

/** The input fields. Those that come and go with the value of another are functions, in their places. */
export function inputFields(action: Action): InputField[] {
  const fields = fieldsOf(action);
  const alters = deciding(fields);
  return fields.map((field) => {
    const plain = { ...inputField(field), ...(alters.has(field.key) && { altersDynamicFields: true }) };
    if (!field.visible && typeof field.required === 'boolean') return plain;
    return (_z, { inputData }) => {
      if (!isShown(field, fields, inputData)) return [];
      const required =
        typeof field.required === 'object' ? truth(field.required.when, fields, inputData) === 'yes' : field.required;
      return [{ ...plain, required }];
    };
  });
}

/** The action's input. Also what the status does not need: the plugin leaves that out, by one rule for all hosts. */
export function inputOf(
  action: Action,
  { inputData, meta }: Pick<Bundle, 'inputData'> & Partial<Bundle>,
): Record<string, unknown> {
  const given = fieldsOf(action).filter(({ key }) => inputData[key] !== undefined);
  return Object.fromEntries(
    given.map(({ key, kind }) => [
      key,
      kind === 'dateTime' ? toRfc3339(inputData[key], meta?.timezone) : inputData[key],
    ]),
  );
}

/** The output's fields. */
export function outputFields(action: Action): PlainOutputField[] {
  const dates = dateKeys(action);
  return outputFieldsOf(action).map(({ key, title, kind }) => ({
    key,
    label: titleCase(title),
    type: dates.has(key) ? 'datetime' : TYPES[kind],
  }));
}

/**
 * The action's output, as later steps of a Zap expect it: dates in ISO 8601 instead of UNIX seconds, and what has no
 * type, and so may be anything, as a text.
 */
export function outputOf(action: Action, output: Record<string, unknown>): Record<string, unknown> {
  const dates = dateKeys(action);
  const convert = ([key, value]: [string, unknown]) => {
    if (typeof value === 'number' && dates.has(key)) return [key, isoOf(value)];
    const isUntyped = action.outputSchema.properties[key]?.type === undefined;
    return [key, isUntyped && typeof value !== 'string' ? JSON.stringify(value) : value];
  };
  return Object.fromEntries(Object.entries(output).map(convert));
}

function isoOf(seconds: number): string {
  return new Date(seconds * 1000).toISOString().replace('.000Z', 'Z');
}

function inputField(field: Field): PlainInputField {
  const help = helpText(field);
  return {
    key: field.key,
    label: titleCase(field.title),
    type: TYPES[field.kind],
    required: field.required === true,
    ...(help && { helpText: help }),
    ...(field.kind === 'text' && field.example !== undefined && { placeholder: String(field.example) }),
    ...(field.choices.length > 0 && { choices: field.choices.map(choice) }),
  };
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
