import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import type { INodeProperties, INodeTypeDescription } from 'n8n-workflow';
import { credentialProperties, nodeProperties, summary } from '../nodes/properties';
import { addable, missing, shown } from './form';
import { MADE_UP } from './made-up';

const own = nodeProperties(description);
const [FIRST] = description.actions;
assert.ok(FIRST);
const ONE = { ...description, actions: [FIRST] };
const TWO = { ...description, actions: [FIRST, MADE_UP] };
const two = nodeProperties(TWO);

function named(properties: INodeProperties[], name: string, at = 0): INodeProperties {
  const property = properties.filter((property) => property.name === name)[at];
  assert.ok(property, `there is no ${name}`);
  return property;
}

test('the form has the fields of the chosen status, and stars where they have to be filled in', () => {
  const fields = (status: string) => shown(own, { operation: 'update_order_status', status });
  assert.deepEqual(fields('sent'), ['operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
  assert.deepEqual(fields('paid'), ['operation', 'billId*', 'status*', 'date*', 'options']);
  assert.deepEqual(fields('return'), ['operation', 'billId*', 'status*', 'options']);
  assert.deepEqual(fields('cancel'), ['operation', 'billId*', 'status*', 'options']);
});

test('where the status is an expression, the form has all fields', () => {
  const fields = shown(own, { operation: 'update_order_status', status: '={{ $json.status }}' });
  assert.deepEqual(fields, ['operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
});

test('n8n itself finds what is missing for a status', () => {
  const node = { displayName: 'JustClick', properties: own } as INodeTypeDescription;
  const found = (status: string) => missing(node, { operation: 'update_order_status', status, billId: '' });
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

test('the node is described by what it does', () => {
  assert.match(summary(ONE), /^Tell the JustClick shop that an order was paid.*[^.]$/);
  assert.equal(summary(TWO), 'Update order status, Book courier for order in JustClick');
  assert.match(summary(description), /^Update order status, Create an order, .* in JustClick$/);
});

test('every action is an operation, and a workflow that says none has the one that was there first', () => {
  const operation = named(own, 'operation');
  const offered = operation.options?.map((option) => 'value' in option && String(option.value));
  assert.deepEqual(offered?.toSorted(), description.actions.map(({ name }) => name).toSorted());
  assert.equal(operation.default, 'update_order_status');
});

test('a second action is one more operation, with fields of its own', () => {
  const operation = named(two, 'operation');
  assert.deepEqual(
    operation.options?.map((option) => 'value' in option && [option.value, option.name, option.action]),
    [
      ['update_order_status', 'Update Order Status', 'Update order status'],
      ['book_courier', 'Book Courier for Order', 'Book courier for order'],
    ],
  );
  const fields = (tour: string) => shown(two, { operation: 'book_courier', tour });
  assert.deepEqual(fields('day'), ['operation', 'tour*', 'billId*', 'additionalFields', 'options']);
  assert.deepEqual(fields('night'), ['operation', 'tour*', 'billId*', 'doorCode*', 'additionalFields', 'options']);
  assert.deepEqual(fields('week'), ['operation', 'tour*', 'billId*', 'fetchAt*', 'additionalFields', 'options']);
});

test('the first action stays as it was beside a second one', () => {
  const fields = (status: string) => shown(two, { operation: 'update_order_status', status });
  assert.deepEqual(fields('sent'), ['operation', 'billId*', 'status*', 'date*', 'rpo*', 'options']);
  assert.deepEqual(addable(two, { operation: 'update_order_status', status: 'sent' }), []);
});

test('what need not be filled in can be added, where it makes sense', () => {
  const fields = (tour: string) => addable(two, { operation: 'book_courier', tour });
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

test("a field can't have the name of one of the node's own", () => {
  const [action] = description.actions;
  assert.ok(action);
  const properties = { operation: { type: 'string' } };
  const taken = { ...action, inputSchema: { type: 'object' as const, properties }, form: { order: ['operation'] } };
  assert.throws(
    () => nodeProperties({ actions: [taken] }),
    /has a field "operation", which is a name of the node's own/,
  );
});
