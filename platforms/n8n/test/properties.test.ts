import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { NodeHelpers, type INodeProperties, type INodeTypeDescription } from 'n8n-workflow';
import { credentialProperties, nodeProperties, summary } from '../nodes/properties';
import { pollProperties, webhookProperties } from '../nodes/trigger-properties';
import type { Action } from 'plugin-engine/forms';
import { addable, missing, offered, shown } from './form';
import { MADE_UP } from './made-up';

const own = nodeProperties(description);
const [FIRST] = description.actions;
assert.ok(FIRST);
const ONE = { ...description, actions: [FIRST] };
const two = nodeProperties({ actions: [FIRST, MADE_UP] });

/** The form of the first action. */
const UPDATE = { resource: 'order', operation: 'update_order_status' };
const COURIER = { resource: 'courier', operation: 'book_courier' };

function named(properties: INodeProperties[], name: string, at = 0): INodeProperties {
  const property = properties.filter((property) => property.name === name)[at];
  assert.ok(property, `there is no ${name}`);
  return property;
}

test('the form has the fields of the chosen status, and stars where they have to be filled in', () => {
  const fields = (status: string) => shown(own, { ...UPDATE, status });
  assert.deepEqual(fields('sent'), ['resource', 'operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
  assert.deepEqual(fields('paid'), ['resource', 'operation', 'billId*', 'status*', 'date*', 'options']);
  assert.deepEqual(fields('return'), ['resource', 'operation', 'billId*', 'status*', 'options']);
  assert.deepEqual(fields('cancel'), ['resource', 'operation', 'billId*', 'status*', 'options']);
});

test('where the status is an expression, the form has all fields', () => {
  const fields = shown(own, { ...UPDATE, status: '={{ $json.status }}' });
  assert.deepEqual(fields, ['resource', 'operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
});

test('n8n itself finds what is missing for a status', () => {
  const node = { displayName: 'JustClick', properties: own } as INodeTypeDescription;
  const found = (status: string) => missing(node, { ...UPDATE, status, billId: '' });
  assert.deepEqual(found('sent'), ['billId', 'date', 'rpo']);
  assert.deepEqual(found('cancel'), ['billId']);
});

test('names and texts are in the style of n8n', () => {
  assert.equal(named(own, 'billId').displayName, 'Order Number');
  assert.equal(named(own, 'billId').placeholder, 'e.g. 100000');
  assert.equal(named(own, 'date').type, 'dateTime');
  assert.equal(named(own, 'date').description, 'When the order was posted or paid');
  assert.deepEqual(named(own, 'status').options, [
    { name: 'Sent', value: 'sent', description: 'Posted by mail' },
    { name: 'Paid', value: 'paid' },
    { name: 'Return', value: 'return', description: 'Returned by the customer' },
    { name: 'Cancel', value: 'cancel', description: 'Cancelled' },
  ]);
});

test('the credential hides the key and nothing else', () => {
  const fields = credentialProperties(description);
  const secret = fields.filter(({ typeOptions }) => typeOptions?.password);
  assert.deepEqual(
    secret.map(({ name }) => name),
    ['apiKey'],
  );
  assert.deepEqual(shown(fields, {}), ['login*', 'apiKey*', 'baseUrl*', 'allowHttp']);
  assert.equal(named(fields, 'allowHttp').default, false);
});

test('the node is described by what it does, in one sentence however much that is', () => {
  assert.match(summary(ONE), /^Tell the JustClick shop that an order was paid.*[^.]$/);
  assert.equal(summary(description), 'JustClick, also sold as InfluencerSoft: an e-mail marketing and shop service');
});

test('every action is an operation of one resource', () => {
  const resources = offered(own, 'resource', {});
  assert.deepEqual(
    resources.map(({ name }) => name),
    ['Contact', 'Group', 'Order', 'Partner', 'Product'],
  );
  const operations = resources.flatMap(({ value }) => offered(own, 'operation', { resource: String(value) }));
  assert.deepEqual(
    operations.map(({ value }) => value).toSorted(),
    description.actions.map(({ name }) => name).toSorted(),
  );
  assert.ok(operations.every(({ action }) => action));
});

test('an order can be created, got, and so on, in words that n8n has for that', () => {
  assert.deepEqual(
    offered(own, 'operation', { resource: 'order' }).map(({ name, action }) => [name, action]),
    [
      ['Create', 'Create an order'],
      ['Delete', 'Delete an order'],
      ['Find', 'Find orders'],
      ['Get', 'Get an order'],
      ['Get Many', 'Get many orders'],
      ['Update Status', 'Update order status'],
    ],
  );
});

test('a new node begins with the first action, and each resource with its first', () => {
  const initial = (name: string) => own.filter((property) => property.name === name).map((each) => each.default);
  assert.deepEqual(initial('resource'), ['order']);
  assert.deepEqual(initial('operation').slice(0, 2), ['update_order_status', 'add_contact']);
});

test('a workflow of the first version has the operations and the fields that it had', () => {
  const first = (values: Record<string, string>) => shown(own, values, 1);
  const { operation, status } = { operation: 'update_order_status', status: 'sent' };
  assert.deepEqual(first({ operation, status }), ['operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
  assert.deepEqual(
    offered(own, 'operation', {}, 1)
      .map(({ value }) => value)
      .toSorted(),
    description.actions.map(({ name }) => name).toSorted(),
  );
  const named = { name: 'JustClick', type: 'justClick', typeVersion: 1 };
  const stored = { billId: '1', status: 'paid', date: '2013-03-03T00:00:00' };
  // What is the default n8n does not store.
  const read = NodeHelpers.getNodeParameters(own, stored, true, false, named, { properties: own } as never);
  assert.deepEqual(read, { operation, ...stored, options: {} });
});

test('a workflow that names a resource which is there no more goes on', () => {
  const values = { resource: 'parcel', operation: 'update_order_status', billId: '1', status: 'cancel' };
  assert.deepEqual(shown(own, values), ['resource', 'operation', 'billId*', 'status*', 'options']);
  const node = { name: 'JustClick', type: 'justClick', typeVersion: 2 };
  const read = NodeHelpers.getNodeParameters(own, values, true, false, node, { properties: own } as never);
  assert.deepEqual(read, { ...values, options: {} });
});

test('a second action is one more operation, with fields of its own', () => {
  const values = (resource: string) => offered(two, 'operation', { resource }).map(({ value, name }) => [value, name]);
  assert.deepEqual(values('order_status'), [['update_order_status', 'Update']]);
  assert.deepEqual(values('courier'), [['book_courier', 'Book']]);
  const fields = (tour: string) => shown(two, { ...COURIER, tour });
  assert.deepEqual(fields('day'), ['resource', 'operation', 'tour*', 'billId*', 'additionalFields', 'options']);
  assert.deepEqual(fields('night').slice(2), ['tour*', 'billId*', 'doorCode*', 'additionalFields', 'options']);
  assert.deepEqual(fields('week').slice(2), ['tour*', 'billId*', 'fetchAt*', 'additionalFields', 'options']);
});

test('what narrows down a search is its filters', () => {
  const collections = own.filter(({ name }) => name === 'additionalFields');
  const of = (action: string) =>
    collections.find(({ displayOptions }) => displayOptions?.show?.operation?.includes(action))?.displayName;
  assert.deepEqual([of('list_orders'), of('create_order')], ['Filters', 'Additional Fields']);
});

test('what the first action needs has no place among what may be added', () => {
  assert.deepEqual(addable(two, { ...UPDATE, status: 'sent' }), []);
});

test('what need not be filled in can be added, where it makes sense', () => {
  const fields = (tour: string) => addable(two, { ...COURIER, tour });
  assert.deepEqual(fields('express'), ['insured', 'parcels']);
  assert.deepEqual(fields('day'), ['doorCode', 'insured', 'parcels']);
  assert.deepEqual(fields('night'), ['insured', 'parcels'], 'the door code is in the form itself');
});

test('numbers, switches and long lists are as n8n has them', () => {
  const additional = named(two, 'additionalFields').options as INodeProperties[];
  assert.equal(named(additional, 'parcels').type, 'number');
  assert.equal(named(additional, 'insured').type, 'boolean');
  assert.equal(named(additional, 'insured').description, 'Whether to pay for what is lost');
  const tours = named(two, 'tour').options?.map(({ name }) => name);
  assert.deepEqual(tours, ['Any', 'Day', 'Express', 'Night', 'Week']);
});

test("a field that is called as one of the node's own has another name in workflows", () => {
  const properties = { resource: { title: 'Resource', type: 'string' }, operation: { type: 'string' } };
  const action = {
    ...MADE_UP,
    inputSchema: { type: 'object' as const, properties, required: ['resource'] },
    form: undefined,
  };
  const form = nodeProperties({ actions: [action as never] });
  assert.deepEqual(shown(form, { operation: 'book_courier' }), [
    'operation',
    'resourceField*',
    'additionalFields',
    'options',
  ]);
  assert.deepEqual(addable(form, { operation: 'book_courier' }), ['operationField']);
});

const hooks = webhookProperties(description.triggers!.filter(({ delivery }) => delivery === 'webhook'));
const polls = pollProperties(description.triggers!.filter(({ delivery }) => delivery === 'poll'));

test('an event is chosen by its title, found by what happens, and set up as the plugin says', () => {
  const events = offered(hooks, 'event', {}).map(({ name, value, action }) => [value, name, action]);
  assert.equal(events.length, 8);
  assert.deepEqual(events.at(-1), ['order_refunded', 'Order Refunded', 'On order refunded']);
  const notices = hooks.filter(({ type }) => type === 'notice');
  const [paid] = notices.filter(({ displayOptions }) => displayOptions?.show?.event?.includes('order_paid'));
  assert.match(paid?.displayName ?? '', /put the address into the URL/);
  assert.deepEqual(shown(hooks, { event: 'order_paid' }, 1), ['event', 'setUp', 'options']);
});

test('a poll has its filters, and says where it begins', () => {
  const form = (more: object = {}) => shown(polls, { event: 'paid_order', ...more }, 1);
  assert.deepEqual(form({ startWith: 'now' }), ['event', 'additionalFields', 'startWith']);
  assert.deepEqual(form({ startWith: 'date' }), ['event', 'additionalFields', 'startWith', 'startAt*']);
  assert.deepEqual(addable(polls, { event: 'paid_order' }, 1), ['productNumbers']);
});

test('a list is asked for anew when what its choices depend on changes', () => {
  const text = { type: 'string' };
  const properties = { shop: text, branch: text, kind: text, labels: { type: 'array', items: text } };
  const from = { action: 'list_labels', value: '/id', title: '/name' };
  const options = { shop: from, labels: { ...from, arguments: { shop: 'shop', branch: 'branch', kind: 'kind' } } };
  const inputSchema = { type: 'object', properties, required: ['shop', 'kind'] };
  const action = {
    ...MADE_UP,
    name: 'label',
    inputSchema,
    form: { order: Object.keys(properties), options },
  } as unknown as Action;
  const added = named(nodeProperties({ actions: [action] }), 'additionalFields').options as INodeProperties[];
  const many = added.find(({ name, type }) => name === 'labels' && type === 'multiOptions');
  assert.deepEqual(many?.typeOptions?.loadOptionsDependsOn, ['shop.value', 'additionalFields.branch', 'kind']);
});

test('of a list with choices several are chosen, and one in workflows of the first version', () => {
  const groups = own.filter(({ name }) => name === 'groupIds');
  assert.deepEqual(
    groups.map(({ type, displayName, displayOptions }) => [type, displayName, displayOptions?.show?.['@version']]),
    [
      ['resourceLocator', 'Groups', [1]],
      ['multiOptions', 'Group Names or IDs', [2]],
    ],
  );
  const values = { resource: 'contact', operation: 'add_contact' };
  for (const version of [1, 2]) {
    assert.equal(shown(own, values, version).filter((name) => name === 'groupIds*').length, 1);
    assert.ok(addable(own, { resource: 'product', operation: 'create_product' }, version).includes('buyerGroups'));
  }
  const locator = { __rl: true, mode: 'list', value: 'news' };
  const read = (typeVersion: number, buyerGroups: unknown) => {
    const node = { name: 'JustClick', type: 'justClick', typeVersion };
    const stored = { resource: 'product', operation: 'create_product', additionalFields: { buyerGroups } } as never;
    return NodeHelpers.getNodeParameters(own, stored, true, false, node, { properties: own } as never)
      ?.additionalFields;
  };
  assert.deepEqual(read(1, locator), { buyerGroups: locator });
  assert.deepEqual(read(2, ['news', 'sales']), { buyerGroups: ['news', 'sales'] });
});
