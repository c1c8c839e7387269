import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { inputOf, outputOf } from '../../src/fields';

const [action] = description.actions;
const input = (inputData: Record<string, unknown>, timezone: string | null = 'Europe/Moscow') =>
  inputOf(action!, { inputData, meta: { timezone } as never });

test('what was entered for another status is left to the plugin, which has one rule for all hosts', () => {
  const given = { bill_id: '1', status: 'cancel', date: '', rpo: 'RA1' };
  assert.deepEqual(input(given), given);
});

test('numbers stay numbers, to the last digit', () => {
  assert.equal(
    JSON.stringify(input({ bill_id: 100010, rpo: 80080000000001 })),
    '{"bill_id":100010,"rpo":80080000000001}',
  );
});

test('what is no field of the action stays in Zapier', () => {
  assert.deepEqual(input({ bill_id: '1', status: 'cancel', zap_meta: 'x' }), { bill_id: '1', status: 'cancel' });
});

test('dates get the offset of the time zone of the Zap', () => {
  assert.equal(input({ bill_id: '1', status: 'paid', date: '2013-03-03 00:00' }).date, '2013-03-03T00:00:00+04:00');
  assert.equal(input({ bill_id: '1', status: 'paid', date: 1362254400 }).date, 1362254400);
});

test('the output tells dates in ISO 8601 and leaves the rest as it is', () => {
  const message = 'order status changed';
  const unsigned_result = { note: ['x'] };
  assert.deepEqual(outputOf(action!, { bill_id: '1', unsigned_result }), {
    bill_id: '1',
    unsigned_result: '{"note":["x"]}',
  });
  assert.deepEqual(outputOf(action!, { bill_id: '1', status: 'paid', date: 1362254400, message }), {
    bill_id: '1',
    status: 'paid',
    date: '2013-03-02T20:00:00Z',
    message,
  });
  assert.deepEqual(outputOf(action!, { bill_id: '1', status: 'cancel', message }), {
    bill_id: '1',
    status: 'cancel',
    message,
  });
});
