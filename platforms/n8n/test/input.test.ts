import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { connectionOf, inputOf } from '../nodes/input';
import { MADE_UP } from './made-up';

const own = description.actions[0]!;

function input(parameters: Record<string, unknown>, action = own): Record<string, unknown> {
  return inputOf(action, (name) => parameters[name] ?? null, 'Europe/Moscow');
}

test('parameters become the fields of the action, dates with the offset of the zone', () => {
  const parameters = { billId: 100000, status: 'sent', date: '2013-03-03T00:00:00', rpo: 'RA1' };
  const expected = { bill_id: 100000, status: 'sent', date: '2013-03-03T00:00:00+04:00', rpo: 'RA1' };
  assert.deepEqual(input(parameters), expected);
});

test('empty fields are no fields', () => {
  assert.deepEqual(input({ billId: '1', status: 'sent', date: '', rpo: undefined }), { bill_id: '1', status: 'sent' });
});

test('what a status does not need is left to the plugin, which has one rule for all hosts', () => {
  const all = { billId: '1', status: 'cancel', date: '2013-03-03', rpo: 'RA1' };
  assert.deepEqual(Object.keys(input(all)), ['bill_id', 'status', 'date', 'rpo']);
});

test('numbers that an expression gives stay numbers, to the last digit', () => {
  const { rpo, bill_id } = input({ billId: 100010, status: 'sent', rpo: 80080000000001 });
  assert.equal(JSON.stringify([rpo, bill_id]), '[80080000000001,100010]');
});

test('added fields count as the others do, also when they are false or 0', () => {
  const parameters = { tour: 'any', billId: 7, additionalFields: { insured: false, parcels: 0 } };
  assert.deepEqual(input(parameters, MADE_UP), { tour: 'any', bill_id: 7, insured: false, parcels: 0 });
});

test('a field of the form itself goes before one that was added', () => {
  const parameters = { tour: 'night', billId: 7, doorCode: 'new', additionalFields: { doorCode: 'old' } };
  assert.deepEqual(input(parameters, MADE_UP), { tour: 'night', bill_id: 7, door_code: 'new' });
});

test('of a list there may be one value, chosen from a list, or several', () => {
  const action = description.actions.find(({ name }) => name === 'add_contact');
  assert.ok(action);
  const groups = (groupIds: unknown) => input({ groupIds }, action).group_ids;
  assert.equal(groups({ __rl: true, mode: 'list', value: 'news' }), 'news');
  assert.deepEqual(groups(['news', 'sales']), ['news', 'sales']);
  assert.equal(groups([]), undefined);
});

test('a credential becomes a connection', () => {
  const credential = { login: 'l', apiKey: 'k', baseUrl: 'https://l.example', allowHttp: false, other: 1 };
  const expected = { login: 'l', api_key: 'k', base_url: 'https://l.example', allow_http: false };
  assert.deepEqual(connectionOf(description, credential), expected);
});
