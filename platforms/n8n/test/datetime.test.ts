import assert from 'node:assert/strict';
import { test } from 'node:test';
import { toRfc3339 } from '../nodes/JustClick/datetime';

test("what is picked is meant in the workflow's time zone", () => {
  assert.equal(toRfc3339('2013-03-03T00:00:00', 'Europe/Moscow'), '2013-03-03T00:00:00+04:00');
  assert.equal(toRfc3339('2013-03-03 00:00:00', 'America/New_York'), '2013-03-03T00:00:00-05:00');
  assert.equal(toRfc3339('2013-03-03T00:00:00', 'UTC'), '2013-03-03T00:00:00+00:00');
  assert.equal(toRfc3339('2024-01-01T09:30', 'Asia/Kathmandu'), '2024-01-01T09:30:00+05:45');
});

test('a date alone is the first moment of its day', () => {
  assert.equal(toRfc3339('2013-03-03', 'Europe/Moscow'), '2013-03-03T00:00:00+04:00');
});

test('the offset is that of the day, also near a change of the clocks', () => {
  // Berlin goes from +01:00 to +02:00 on 2024-03-31 at 2:00, and back on 2024-10-27 at 3:00.
  assert.equal(toRfc3339('2024-03-31T01:59:59', 'Europe/Berlin'), '2024-03-31T01:59:59+01:00');
  assert.equal(toRfc3339('2024-03-31T03:00:00', 'Europe/Berlin'), '2024-03-31T03:00:00+02:00');
  assert.equal(toRfc3339('2024-10-27T01:30:00', 'Europe/Berlin'), '2024-10-27T01:30:00+02:00');
  assert.equal(toRfc3339('2024-10-27T03:00:00', 'Europe/Berlin'), '2024-10-27T03:00:00+01:00');
  // New York goes back on 2024-11-03 at 2:00.
  assert.equal(toRfc3339('2024-11-03T00:30:00', 'America/New_York'), '2024-11-03T00:30:00-04:00');
  assert.equal(toRfc3339('2024-11-03T02:00:00', 'America/New_York'), '2024-11-03T02:00:00-05:00');
});

test('an offset of its own stays', () => {
  assert.equal(toRfc3339('2013-03-03T00:00:00.000Z', 'Europe/Moscow'), '2013-03-03T00:00:00.000Z');
  assert.equal(toRfc3339('2013-03-03T00:00:00+0400', 'UTC'), '2013-03-03T00:00:00+04:00');
});

test("expressions may give Luxon's and JavaScript's dates", () => {
  const luxon = { toISO: () => '2013-03-03T00:00:00.000+04:00' };
  assert.equal(toRfc3339(luxon, 'UTC'), '2013-03-03T00:00:00.000+04:00');
  assert.equal(toRfc3339(new Date(1362254400_000), 'UTC'), '2013-03-02T20:00:00.000Z');
});

test('what is no such text is left to the plugin', () => {
  for (const value of [1362254400, '1362254400', 'tomorrow', '2013-13-45', '', null, true]) {
    assert.equal(toRfc3339(value, 'Europe/Moscow'), value);
  }
  assert.equal(toRfc3339(new Date('never'), 'UTC'), 'Invalid Date');
});
