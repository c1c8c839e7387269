import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { allFromPayload, formOf, holds, type Sources } from '../src/form';
import { exampleFlow } from '../src/example';
import { inputOf, limitOf } from '../src/input';

const ACTION = formOf(description).actions[0]!;

/** Hands on whatever `value` is. */
const RED: any = {
  util: {
    evaluateNodeProperty: (value: unknown, _: string, __: unknown, ___: unknown, done: Function) => done(null, value),
  },
};

function input(sources: Record<string, { type: string; value: unknown }>) {
  return inputOf(RED, {} as any, ACTION, sources as Sources, { payload: {} } as any);
}

test('a date is taken as Node-RED has it', async () => {
  const date = new Date('2013-03-03T00:00:00+04:00');
  const cases: [unknown, unknown][] = [
    [date, '2013-03-02T20:00:00.000Z'],
    [date.getTime(), 1362254400],
    [1362254400, 1362254400],
    [999_999_999_999, 999_999_999],
    [45986, 45986],
    ['2013-03-03T00:00:00+04:00', '2013-03-03T00:00:00+04:00'],
    ['03.03.2013 00:00', '2013-03-03T00:00:00+04:00'],
    ['1362254400', 1362254400],
    [new Date(NaN), 'Invalid Date'],
    ['', ''],
  ];
  for (const [value, expected] of cases) {
    assert.deepEqual(await input({ date: { type: 'msg', value } }), { date: expected }, String(value));
  }
});

test('other fields are left as they are, and what the node has no source for is not sent', async () => {
  const long = 1e13;
  const sources = {
    bill_id: { type: 'num', value: long },
    status: { type: 'choice', value: 'cancel' },
    other: { type: 'str', value: 'x' },
  };
  assert.deepEqual(await input(sources), { bill_id: long, status: 'cancel' });
});

test('what is part of nothing is not there, and other mistakes are told by the field', async () => {
  const failing = (error: Error): any => ({
    util: {
      evaluateNodeProperty: () => {
        throw error;
      },
    },
  });
  const read = (error: Error, type: string) =>
    inputOf(failing(error), {} as any, ACTION, { bill_id: { type, value: 'payload.bill_id' } }, {
      payload: null,
    } as any);
  const ofNull = new TypeError("Cannot read properties of null (reading 'bill_id')");
  assert.deepEqual(await read(ofNull, 'msg'), { bill_id: undefined });
  await assert.rejects(read(ofNull, 'jsonata'), /^ActionError: Order number: Cannot read/);
  await assert.rejects(read(new Error('Invalid property expression'), 'msg'), /Order number: Invalid property/);
});

test('a condition is known where its value is chosen in the dialog', () => {
  const when = { status: ['sent', 'paid'] };
  assert.equal(holds(when, { status: { type: 'choice', value: 'paid' } }), true);
  assert.equal(holds(when, { status: { type: 'choice', value: 'cancel' } }), false);
  assert.equal(holds(when, { status: { type: 'msg', value: 'payload.status' } }), 'unknown');
  assert.equal(holds(when, {}), 'unknown');
  assert.equal(holds({ ...when, tone: ['kind'] }, { tone: { type: 'choice', value: 'blunt' } }), false);
  assert.equal(holds({}, {}), true);
});

test('the example flow is that of a new node, and holds no account', () => {
  const flow: any[] = exampleFlow(description, description.actions[0]!);
  const node = flow.find(({ type }) => type === 'justclick');
  assert.deepEqual([node.action, node.fields], [ACTION.name, allFromPayload(ACTION)]);
  const connection = flow.find(({ type }) => type === 'justclick-connection');
  assert.deepEqual([connection.login, connection.base_url, connection.credentials], ['', '', undefined]);
  const buttons = flow.filter(({ type }) => type === 'inject');
  assert.deepEqual(
    buttons.map(({ name }) => name),
    description.actions[0]!.examples!.map(({ title }) => title),
  );
  assert.equal(new Set(flow.map(({ id }) => id)).size, flow.length);
});

test('a search is limited by a whole number, and by nothing if it has none', () => {
  for (const limit of [undefined, '', 0, null])
    assert.deepEqual(limitOf({ a: 1, limit }), { input: { a: 1 }, limit: {} });
  assert.deepEqual(limitOf({ limit: '3' }), { input: {}, limit: { limit: 3 } });
  for (const limit of [-1, 1.5, 'all', {}]) assert.throws(() => limitOf({ limit }), /^ActionError: Limit must be/);
});
