import assert from 'node:assert/strict';
import { test } from 'node:test';
import { loadIntegration, send, shownFields } from '../zapier';

const app = loadIntegration('integration.cjs');
const shown = (inputData: Record<string, unknown>) => shownFields(app, 'update_order_status', inputData);
const keys = async (inputData: Record<string, unknown>) =>
  (await shown(inputData)).map(({ key, required }) => (required ? `${key}!` : key));

test('Zapier finds nothing wrong with the integration', async () => {
  assert.deepEqual(await send(app, { command: 'validate' }), []);
});

test('a new step asks for the order and its status alone', async () => {
  assert.deepEqual(await keys({}), ['bill_id!', 'status!']);
});

test('each status brings the fields that it needs', async () => {
  assert.deepEqual(await keys({ status: 'sent' }), ['bill_id!', 'status!', 'date!', 'rpo!']);
  assert.deepEqual(await keys({ status: 'paid' }), ['bill_id!', 'status!', 'date!']);
  assert.deepEqual(await keys({ status: 'return' }), ['bill_id!', 'status!']);
  assert.deepEqual(await keys({ status: 'cancel' }), ['bill_id!', 'status!']);
});

test('a status that is not known before the Zap runs leaves every field open', async () => {
  assert.deepEqual(await keys({ status: '{{123__order_status}}' }), ['bill_id!', 'status!', 'date', 'rpo']);
});

test('the field that others depend on says so, and only that one', async () => {
  const altering = (await shown({ status: 'sent' })).filter((field) => field.altersDynamicFields);
  assert.deepEqual(
    altering.map(({ key }) => key),
    ['status'],
  );
});

test('fields have labels in title case, types, help and an example', async () => {
  const [order, status, date, rpo] = await shown({ status: 'sent' });
  assert.deepEqual(
    [order, status, date, rpo].map((field) => field?.label),
    ['Order Number', 'Status', 'Date', 'Tracking Number'],
  );
  assert.deepEqual(
    [order, status, date, rpo].map((field) => field?.type),
    ['string', 'string', 'datetime', 'string'],
  );
  assert.equal(order?.placeholder, '100000');
  assert.equal(order?.helpText, 'The number of the order in JustClick.');
  assert.deepEqual(
    (status?.choices as { value: string }[]).map(({ value }) => value),
    ['sent', 'paid', 'return', 'cancel'],
  );
  assert.equal(status?.helpText, undefined, 'what its choices say is not said twice');
  assert.deepEqual((status?.choices as unknown[])[0], { value: 'sent', sample: 'sent', label: 'Sent: Posted by mail' });
});

test('nobody is told to write a date as machines do', async () => {
  const date = (await shown({ status: 'paid' })).find(({ key }) => key === 'date');
  assert.equal(date?.helpText, 'When the order was posted or paid.');
});

test('the sample is an output of the description, with the date as later steps read it', () => {
  const { sample, outputFields } = app.creates!.update_order_status!.operation;
  assert.deepEqual(sample, {
    bill_id: '100000',
    status: 'sent',
    date: '2013-03-02T20:00:00Z',
    rpo: '10000000000000',
    message: 'order status changed',
  });
  const date = (outputFields as { key: string }[]).find(({ key }) => key === 'date');
  assert.deepEqual(date, { key: 'date', label: 'Date', type: 'datetime' });
  assert.ok(
    (outputFields as { type?: string }[]).every(({ type }) => type),
    'each output has a type',
  );
  assert.ok(
    Object.keys(sample!).every((key) => (outputFields as { key: string }[]).some((field) => field.key === key)),
  );
});

test('Zapier keeps steps on one order of one account apart', () => {
  const { lock } = app.creates!.update_order_status!.operation;
  assert.deepEqual(lock, { key: '{{bundle.inputData.bill_id}}', scope: ['auth'], timeout: 60 });
});
