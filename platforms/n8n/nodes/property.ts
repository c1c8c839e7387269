/** One field of the plugin's, as n8n's editor has it. */

import type { INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import type { Action, Field } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { jsonName, LINE, listMethod, parameterName } from './names';
import { fieldDescription, oneOf, singular } from './text';

export function property(action: Pick<Action, 'name'>, field: Field): INodeProperties {
  const description = fieldDescription(field);
  const displayName = titleCase(field.title);
  const name = parameterName(field);
  const { example } = field;
  const about = description ? { description } : {};
  const placeholder = typeof example === 'object' || example === undefined ? {} : { placeholder: `e.g. ${example}` };
  if (field.options) return locator(field, listMethod(action, field.options), { displayName, name, ...about });
  const first = field.choices[0]?.value;
  const none: string[] = [];
  switch (field.kind) {
    case 'choice':
      return {
        displayName,
        name,
        type: 'options',
        options: choices(field),
        default: first,
        ...about,
      };
    case 'dateTime':
      return { displayName, name, type: 'dateTime', default: '', ...about };
    case 'integer':
      return { displayName, name, type: 'number', default: 0, typeOptions: { numberPrecision: 0 }, ...about };
    case 'number':
      return { displayName, name, type: 'number', default: 0, ...about };
    case 'boolean':
      return { displayName, name, type: 'boolean', default: false, ...about };
    case 'lines':
      return lines(action, field, { displayName, name, ...about });
    case 'list': {
      const typeOptions = { multipleValues: true, multipleValueButtonText: `Add ${oneOf(displayName)}` };
      return { displayName, name, type: 'string', typeOptions, default: none, ...placeholder, ...about };
    }
    default:
      return { displayName, name, type: 'string', default: '', ...placeholder, ...about };
  }
}

type Shown = Pick<INodeProperties, 'displayName' | 'name' | 'description'>;

/** From the list that the service has, or as it is known otherwise. */
function locator(field: Field, searchListMethod: string, shown: Shown): INodeProperties {
  const placeholder = field.example === undefined ? {} : { placeholder: `e.g. ${field.example}` };
  return {
    ...shown,
    type: 'resourceLocator',
    default: { mode: 'list', value: '' },
    modes: [
      { displayName: 'From List', name: 'list', type: 'list', typeOptions: { searchListMethod, searchable: true } },
      { displayName: 'By ID', name: 'id', type: 'string', ...placeholder },
    ],
  };
}

/**
 * Several from the list that the service has, which is asked for anew when one of these parameters changes. The words
 * are n8n's.
 */
export function several(action: Pick<Action, 'name'>, field: Field, loadOptionsDependsOn: string[]): INodeProperties {
  const loadOptionsMethod = field.options && listMethod(action, field.options);
  return {
    displayName: `${singular(titleCase(field.title))} Names or IDs`,
    name: parameterName(field),
    type: 'multiOptions',
    typeOptions: {
      ...(loadOptionsMethod && { loadOptionsMethod }),
      ...(loadOptionsDependsOn.length > 0 && { loadOptionsDependsOn }),
    },
    default: [],
    description:
      'Choose from the list, or specify IDs using an <a href="https://docs.n8n.io/code/expressions/">expression</a>',
  };
}

function lines(action: Pick<Action, 'name'>, field: Field, shown: Shown): INodeProperties {
  const one = oneOf(shown.displayName);
  const values = (field.fields ?? []).map((inner) => ({
    ...property(action, inner),
    ...(inner.required === true && { required: true }),
  }));
  return {
    ...shown,
    type: 'fixedCollection',
    typeOptions: { multipleValues: true },
    placeholder: `Add ${one}`,
    default: {},
    options: [{ displayName: one, name: LINE, values }],
  };
}

function choices(field: Field): INodePropertyOptions[] {
  return sorted(
    field.choices.map(({ value, title, description }) => ({
      name: titleCase(title),
      value,
      ...(description && { description }),
    })),
  );
}

/** In the plugin's order, but a long list by name, where people look. */
export function sorted(options: INodePropertyOptions[]): INodePropertyOptions[] {
  return options.length < 5 ? options : options.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Lines are often those of an earlier step, as many as there are. */
export function linesAsJson(field: Field): INodeProperties {
  const names = (field.fields ?? []).map(({ key }) => key).join(', ');
  return {
    displayName: `${titleCase(field.title)} (JSON)`,
    name: jsonName(field),
    type: 'json',
    default: '',
    description: `A list of objects with ${names}, in place of the lines of the form: for those of an earlier step`,
  };
}
