/** The form that n8n's editor shows, made from the plugin's description. */

import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import {
  connectionFields,
  fieldsOf,
  isSearch,
  type Action,
  type Condition,
  type Description,
  type Field,
} from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import {
  ADDITIONAL,
  ALL,
  LIMIT,
  LIMIT_DEFAULT,
  MAX_WAIT,
  MAX_WAIT_S,
  OPERATION,
  OPTIONS,
  parameterName,
  RESOURCE,
} from './names';
import { linesAsJson, property, sorted } from './property';
import { isGrouped, resourcesOf, type Operation, type Resource } from './resources';
import { joined, sentences } from './text';

type Values = Record<string, string[]>;

/** The versions of the node: in the second, operations are those of a resource. Workflows keep the one they have. */
export const VERSIONS = [1, 2];
const [FIRST, GROUPED] = VERSIONS as [number, number];

/** Those of the node, in all its versions. */
export function nodeProperties({ actions }: Pick<Description, 'actions'>): INodeProperties[] {
  const resources = resourcesOf(actions);
  const list = actions.map(offered);
  const operations = isGrouped(resources) ? grouped(resources, list) : [operation(list)];
  return [...operations, ...actions.flatMap(actionProperties), options()];
}

/** What the editor lists the node with, and what an AI agent knows of it: of an operation n8n itself adds the rest. */
export function summary({ title, actions, description }: Description): string {
  const [first, ...more] = actions;
  const about = first && more.length === 0 ? first.description : description;
  return joined(sentences(about)) || `Work with ${title}`;
}

/** Those of the credential. */
export function credentialProperties(description: Description): INodeProperties[] {
  return connectionFields(description).map((field) => ({
    ...property({ name: '' }, field),
    ...(field.required === true && { required: true }),
    ...(field.default !== undefined && { default: field.default }),
    ...(field.secret && { typeOptions: { password: true } }),
  }));
}

/** *Resource*, and *Operation* for each of them. The first version of the node has them in one list. */
function grouped(resources: Resource[], list: INodePropertyOptions[]): INodeProperties[] {
  const values = resources.map(({ value }) => value);
  const first = values[0] ?? '';
  const resource: INodeProperties = {
    displayName: 'Resource',
    name: RESOURCE,
    type: 'options',
    noDataExpression: true,
    options: sorted(resources.map(({ name, value }) => ({ name, value }))),
    default: first,
    displayOptions: { show: { '@version': [GROUPED] } },
  };
  const operations = resources.map(({ value, operations }) =>
    operation(operations.map(inGroup), { show: { '@version': [GROUPED], [RESOURCE]: [value] } }),
  );
  return [
    resource,
    ...operations,
    // A workflow may name a resource that there is no more since other actions have come: it goes on all the same.
    operation(list, { show: { '@version': [GROUPED] }, hide: { [RESOURCE]: values } }),
    operation(list, { show: { '@version': [FIRST] } }),
  ];
}

function inGroup({ action, name, sentence }: Operation): INodePropertyOptions {
  return { ...offered(action), name, action: sentence };
}

function offered({ name, title, description, deprecated }: Action): INodePropertyOptions {
  return {
    name: titleCase(title),
    value: name,
    description: joined([...sentences(description), ...outdated(deprecated)]),
    action: title,
  };
}

function operation(options: INodePropertyOptions[], displayOptions?: IDisplayOptions): INodeProperties {
  const first = options[0]?.value ?? '';
  return {
    displayName: 'Operation',
    name: OPERATION,
    type: 'options',
    noDataExpression: true,
    options: sorted(options),
    default: first,
    ...(displayOptions && { displayOptions }),
  };
}

/** What is to be used instead. */
function outdated(deprecated: Action['deprecated']): string[] {
  return deprecated ? [`Outdated: use "${deprecated.use.replaceAll('_', ' ')}" instead`] : [];
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
  const inForm = fields.filter((field) => field.required !== false || decides(field, fields));
  const required = inForm.flatMap((field) => formProperty(action, field));
  const optional = fields.flatMap((field) => addedProperties(action, field, inForm.includes(field)));
  return [
    ...required,
    ...(isSearch(action) ? howMany(action) : []),
    ...(optional.length === 0 ? [] : [collection(action, optional)]),
  ];
}

/** Whether another field looks at it. n8n reads no condition on a field that was added to the form. */
function decides({ key }: Field, fields: Field[]): boolean {
  return fields.some(({ visible = {}, required }) => {
    return key in visible || (typeof required === 'object' && key in required.when);
  });
}

/** A field stands in the form itself where it has to be filled in, or decides on others. */
function formProperty(action: Action, field: Field): INodeProperties[] {
  const when = typeof field.required === 'object' ? field.required.when : {};
  const show = both(field.visible ?? {}, when);
  if (!show) return [];
  const shown = { displayOptions: { show: { [OPERATION]: [action.name], ...named(show) } } };
  const plain = property(action, field);
  if (field.required === false) return [{ ...withNothing(plain), ...shown }];
  // Lines can be given in another way, and then none of these is filled in.
  return [{ ...plain, ...(field.kind !== 'lines' && { required: true }), ...shown }];
}

/** A field with choices of which none has to be taken. */
function withNothing(plain: INodeProperties): INodeProperties {
  if (plain.type !== 'options') return plain;
  const nothing = { name: 'Not Set', value: '' };
  return { ...plain, options: [nothing, ...((plain.options ?? []) as INodePropertyOptions[])], default: '' };
}

/** Everywhere else it can be added. */
function addedProperties(action: Action, field: Field, isInForm: boolean): INodeProperties[] {
  const { visible = {}, required } = field;
  const show = rooted(visible);
  const json = field.kind === 'lines' ? [{ ...linesAsJson(field), ...displayed({ show }) }] : [];
  if (required === true || (required === false && isInForm)) return json;
  if (required === false) return [{ ...property(action, field), ...displayed({ show }) }, ...json];
  const conditions = Object.entries(required.when);
  const isAlwaysRequired = conditions.every(([key, values]) => visible[key]?.every((value) => values.includes(value)));
  if (isAlwaysRequired) return json;
  // n8n hides a field where one of the conditions holds, not all of them. Of several the plugin has to tell.
  const hide = conditions.length === 1 ? rooted(required.when) : {};
  return [{ ...property(action, field), ...displayed({ show, hide }) }, ...json];
}

/** In n8n's own words. */
function howMany(action: Action): INodeProperties[] {
  const show = { [OPERATION]: [action.name] };
  return [
    {
      displayName: 'Return All',
      name: ALL,
      type: 'boolean',
      default: false,
      description: 'Whether to return all results or only up to a given limit',
      displayOptions: { show },
    },
    {
      displayName: 'Limit',
      name: LIMIT,
      type: 'number',
      typeOptions: { minValue: 1 },
      default: LIMIT_DEFAULT,
      description: 'Max number of results to return',
      displayOptions: { show: { ...show, [ALL]: [false] } },
    },
  ];
}

function collection(action: Action, options: INodeProperties[]): INodeProperties {
  const byName = (a: INodeProperties, b: INodeProperties) => a.displayName.localeCompare(b.displayName);
  const texts = isSearch(action)
    ? { displayName: 'Filters', placeholder: 'Add Filter' }
    : { displayName: 'Additional Fields', placeholder: 'Add Field' };
  return {
    ...texts,
    name: ADDITIONAL,
    type: 'collection',
    default: {},
    displayOptions: { show: { [OPERATION]: [action.name] } },
    options: options.length < 5 ? options : options.toSorted(byName),
  };
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
