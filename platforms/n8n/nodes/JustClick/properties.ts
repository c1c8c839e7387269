/** The form that n8n's editor shows, made from the plugin's description. */

import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
  connectionFields,
  fieldsOf,
  type Action,
  type Condition,
  type Description,
  type Field,
} from '@justclick/plugin/forms';
import { titleCase } from '@justclick/plugin/text';
import { fieldDescription, joined, sentences } from './text';

/** The parameter that chooses the action. */
export const OPERATION = 'operation';
/** Where the optional fields are. */
export const ADDITIONAL = 'additionalFields';

/** Where the node's own settings are. */
export const OPTIONS = 'options';
/** How long items wait for the service to take requests again, in seconds. */
export const MAX_WAIT = 'maxRetryWait';
export const MAX_WAIT_S = 60;

type Values = Record<string, string[]>;

/** n8n's names are in camel case: `bill_id` is `billId`. */
export function parameterName({ key }: { key: string }): string {
  return key.replace(/_+(.)/g, (_, letter: string) => letter.toUpperCase());
}

/** Those of the node. */
export function nodeProperties({ actions }: Pick<Description, 'actions'>): INodeProperties[] {
  return [operation(actions), ...actions.flatMap(actionProperties), options()];
}

/** What the editor lists the node with, and what an AI agent knows of it. */
export function summary({ title, actions }: Pick<Description, 'title' | 'actions'>): string {
  const [first, ...more] = actions;
  if (first && more.length === 0) return joined(sentences(first.description));
  return `${actions.map((action) => action.title).join(', ')} in ${title}`;
}

/** Those of the credential. */
export function credentialProperties(description: Description): INodeProperties[] {
  return connectionFields(description).map((field) => ({
    ...property(field),
    ...(field.required === true && { required: true }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.secret && { typeOptions: { password: true } }),
  }));
}

function operation(actions: Action[]): INodeProperties {
  const first = actions[0]?.name ?? '';
  return {
    displayName: 'Operation',
    name: OPERATION,
    type: 'options',
    noDataExpression: true,
    options: sorted(
      actions.map(({ name, title, description }) => ({
        name: titleCase(title),
        value: name,
        description: joined(sentences(description)),
        action: title,
      })),
    ),
    default: first,
  };
}

function options(): INodeProperties {
  return {
    displayName: 'Options',
    name: OPTIONS,
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [
      {
        displayName: 'Max Retry Wait (Seconds)',
        name: MAX_WAIT,
        type: 'number',
        default: MAX_WAIT_S,
        typeOptions: { minValue: 0, numberPrecision: 0 },
        description:
          'How long items may wait while the service takes no more requests or is out of order. An item that failed so is sent again by itself, as late as the service asks for; those that are done are not. 0 means not at all.',
      },
    ],
  };
}

function actionProperties(action: Action): INodeProperties[] {
  const fields = fieldsOf(action);
  const taken = fields.find((field) => [OPERATION, ADDITIONAL, OPTIONS].includes(parameterName(field)));
  if (taken)
    throw new Error(`The action "${action.name}" has a field "${taken.key}", which is a name of the node's own.`);

  const required = fields.flatMap((field) => requiredProperty(action, field));
  const optional = fields.flatMap(optionalProperty);
  return optional.length === 0 ? required : [...required, collection(action, optional)];
}

/** A field stands in the form itself where it has to be filled in. */
function requiredProperty(action: Action, field: Field): INodeProperties[] {
  if (field.required === false) return [];
  const when = field.required === true ? {} : field.required.when;
  const show = both(field.visible ?? {}, when);
  if (!show) return [];
  return [
    { ...property(field), required: true, displayOptions: { show: { [OPERATION]: [action.name], ...named(show) } } },
  ];
}

/** Everywhere else it can be added. */
function optionalProperty(field: Field): INodeProperties[] {
  const { visible = {}, required } = field;
  if (required === true) return [];
  const show = rooted(visible);
  if (required === false) return [{ ...property(field), ...displayed({ show }) }];
  const conditions = Object.entries(required.when);
  const isAlwaysRequired = conditions.every(([key, values]) => visible[key]?.every((value) => values.includes(value)));
  if (isAlwaysRequired) return [];
  // n8n hides a field where one of the conditions holds, not all of them. Of several the plugin has to tell.
  const hide = conditions.length === 1 ? rooted(required.when) : {};
  return [{ ...property(field), ...displayed({ show, hide }) }];
}

function collection(action: Action, options: INodeProperties[]): INodeProperties {
  const byName = (a: INodeProperties, b: INodeProperties) => a.displayName.localeCompare(b.displayName);
  return {
    displayName: 'Additional Fields',
    name: ADDITIONAL,
    type: 'collection',
    placeholder: 'Add Field',
    default: {},
    displayOptions: { show: { [OPERATION]: [action.name] } },
    options: options.length < 5 ? options : options.toSorted(byName),
  };
}

function property(field: Field): INodeProperties {
  const description = fieldDescription(field);
  const displayName = titleCase(field.title);
  const name = parameterName(field);
  const { example } = field;
  const choice = field.choices[0]?.value;
  const about = description && description !== displayName ? { description } : {};
  switch (field.kind) {
    case 'choice':
      return {
        displayName,
        name,
        type: 'options',
        options: choices(field),
        default: choice,
        ...about,
      };
    case 'dateTime':
      return { displayName, name, type: 'dateTime', default: '', ...about };
    case 'integer':
      return { displayName, name, type: 'number', default: 0, typeOptions: { numberPrecision: 0 }, ...about };
    case 'boolean':
      return { displayName, name, type: 'boolean', default: false, ...about };
    default: {
      const placeholder = example === undefined ? {} : { placeholder: `e.g. ${example}` };
      return { displayName, name, type: 'string', default: '', ...placeholder, ...about };
    }
  }
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
function sorted(options: INodePropertyOptions[]): INodePropertyOptions[] {
  return options.length < 5 ? options : options.toSorted((a, b) => a.name.localeCompare(b.name));
}

/** Where both conditions hold; none if they never do. */
function both(one: Condition, other: Condition): Values | null {
  const values: Values = { ...one };
  for (const [key, accepted] of Object.entries(other)) {
    values[key] = accepted.filter((value) => one[key]?.includes(value) ?? true);
  }
  return Object.values(values).some((accepted) => accepted.length === 0) ? null : values;
}

/** In a collection a condition looks at the form around it. */
function rooted(condition: Condition): Values {
  return named(condition, '/');
}

function named(condition: Condition, prefix = ''): Values {
  return Object.fromEntries(
    Object.entries(condition).map(([key, values]) => [prefix + parameterName({ key }), values]),
  );
}

function displayed(options: { show?: Values; hide?: Values }): { displayOptions?: IDisplayOptions } {
  const used = Object.entries(options).filter(([, values]) => Object.keys(values).length > 0);
  return used.length === 0 ? {} : { displayOptions: Object.fromEntries(used) };
}
