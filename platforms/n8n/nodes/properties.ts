/** The form that n8n's editor shows, made from the plugin's description. */

import type { IDisplayOptions, INodeProperties, INodePropertyOptions } from 'n8n-workflow';
import { connectionFields, isSearch, type Action, type Description } from 'plugin-engine/forms';
import { titleCase } from 'plugin-engine/text';
import { fieldProperties } from './fields';
import {
  ALL,
  BATCH,
  BATCH_INTERVAL,
  BATCH_ITEMS,
  BATCH_SIZE,
  BATCHING,
  LIMIT,
  LIMIT_DEFAULT,
  MAX_WAIT,
  MAX_WAIT_S,
  MOST_BATCH_ITEMS,
  OPERATION,
  OPTIONS,
  RESOURCE,
  VERSIONS,
} from './names';
import { property, sorted } from './property';
import { isGrouped, resourcesOf, type Operation, type Resource } from './resources';
import { joined, sentences } from './text';

const WAITING =
  'How long items may wait while the service takes no more requests or is out of order. An item that failed so is sent again by itself, as late as the service asks for; those that are done are not. 0 means not at all.';

/** As n8n's HTTP Request has it. */
const BATCHES: INodeProperties = {
  displayName: 'Batching',
  name: BATCHING,
  placeholder: 'Add Batching',
  type: 'fixedCollection',
  default: { [BATCH]: {} },
  options: [
    {
      displayName: 'Batching',
      name: BATCH,
      values: [
        {
          displayName: 'Items per Batch',
          name: BATCH_SIZE,
          type: 'number',
          typeOptions: { minValue: 1, maxValue: MOST_BATCH_ITEMS, numberPrecision: 0 },
          default: BATCH_ITEMS,
          description:
            'How many items are under way at once. More are sooner done, where the service takes them: ask it, or its documentation.',
        },
        {
          displayName: 'Batch Interval (Milliseconds)',
          name: BATCH_INTERVAL,
          type: 'number',
          typeOptions: { minValue: 0, numberPrecision: 0 },
          default: 0,
          description: 'The time in which no more items are begun than a batch has. 0 for disabled.',
        },
      ],
    },
  ],
};

/** Those of the node, in all its versions. */
export function nodeProperties({ actions }: Pick<Description, 'actions'>): INodeProperties[] {
  const resources = resourcesOf(actions);
  const list = actions.map(offered);
  const operations = isGrouped(resources) ? grouped(resources, list) : [operation(list)];
  return [...operations, ...actions.flatMap(actionProperties), options(MAX_WAIT_S, WAITING, BATCHES)];
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
    displayOptions: { show: { '@version': [VERSIONS.second] } },
  };
  const operations = resources.map(({ value, operations }) =>
    operation(operations.map(inGroup), { show: { '@version': [VERSIONS.second], [RESOURCE]: [value] } }),
  );
  return [
    resource,
    ...operations,
    // A workflow may name a resource that there is no more since other actions have come: it goes on all the same.
    operation(list, { show: { '@version': [VERSIONS.second] }, hide: { [RESOURCE]: values } }),
    operation(list, { show: { '@version': [VERSIONS.first] } }),
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

function actionProperties(action: Action): INodeProperties[] {
  const { required, optional } = fieldProperties({ of: action, by: OPERATION, isFiltered: isSearch(action) });
  return [...required, ...(isSearch(action) ? howMany(action) : []), ...optional];
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

/** How long the node waits for a service in trouble, among its own settings, behind those that come before it. */
export function options(initial: number, description: string, ...before: INodeProperties[]): INodeProperties {
  return {
    displayName: 'Options',
    name: OPTIONS,
    type: 'collection',
    placeholder: 'Add Option',
    default: {},
    options: [
      ...before,
      {
        displayName: 'Max Retry Wait (Seconds)',
        name: MAX_WAIT,
        type: 'number',
        default: initial,
        typeOptions: { minValue: 0, numberPrecision: 0 },
        description,
      },
    ],
  };
}
