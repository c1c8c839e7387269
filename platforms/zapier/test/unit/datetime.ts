import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRfc3339 } from '../../src/datetime';

const SECONDS = 1362254400; // 2013-03-03T00:00:00+04:00

function seconds(value: unknown): number {
  return Date.parse(String(value)) / 1000;
}

test('a date-time with an offset stays that instant, whatever the time zone', () => {
  for (const written of [
    '2013-03-03T00:00:00+04:00',
    '2013-03-03T00:00:00+0400',
    '2013-03-02 20:00Z',
    '2013-03-02t20:00:00z',
  ]) {
    assert.equal(seconds(toRfc3339(written, 'America/Chicago')), SECONDS, written);
  }
});

test('a date-time without offset is meant in the time zone of the account', () => {
  assert.equal(toRfc3339('2013-03-03T00:00:00', 'Europe/Moscow'), '2013-03-03T00:00:00+04:00');
  assert.equal(toRfc3339('2013-03-03 10:30', 'America/New_York'), '2013-03-03T10:30:00-05:00');
  assert.equal(toRfc3339(' 2013-07-03T10:30:00.5 ', 'America/New_York'), '2013-07-03T10:30:00.5-04:00');
  assert.equal(toRfc3339('2013-03-03T00:00:00', 'UTC'), '2013-03-03T00:00:00+00:00');
});

test('a date alone is its first moment in the time zone of the account', () => {
  assert.equal(toRfc3339('2013-03-03', 'Europe/Moscow'), '2013-03-03T00:00:00+04:00');
});

test('near a change of the clocks the offset of that local time counts', () => {
  assert.equal(toRfc3339('2013-03-10T01:59:59', 'America/New_York'), '2013-03-10T01:59:59-05:00');
  assert.equal(toRfc3339('2013-03-10T03:00:00', 'America/New_York'), '2013-03-10T03:00:00-04:00');
  assert.equal(toRfc3339('2013-11-03T02:00:00', 'America/New_York'), '2013-11-03T02:00:00-05:00');
  assert.equal(toRfc3339('2013-10-06T03:00:00', 'Australia/Sydney'), '2013-10-06T03:00:00+11:00');
});

test('what is no date-time, or can not be placed in time, is left for the plugin to refuse', () => {
  for (const value of ['soon', '', 1362254400, '1362254400', undefined, null, '2013-99-99', '2013-03-03T25:00']) {
    assert.equal(toRfc3339(value, 'Europe/Moscow'), value);
  }
  for (const zone of [undefined, null, '', 'Moon/Base']) {
    assert.equal(toRfc3339('2013-03-03T00:00:00', zone), '2013-03-03T00:00:00');
  }
});
