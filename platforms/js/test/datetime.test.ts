import assert from 'node:assert/strict';
import { test } from 'node:test';
import { runInNewContext } from 'node:vm';
import vectors from '../../../tests/vectors/moments.json';
import { toRfc3339 } from '../src/datetime';

const SECOND = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?(?:Z|[+-]\d{2}:\d{2})$/;

/** The seconds that a plugin makes of a value: it takes these two alone. */
function seconds(value: unknown): number | undefined {
  if (typeof value === 'number' && Number.isInteger(value)) return value;
  return SECOND.test(String(value)) ? Math.floor(Date.parse(String(value)) / 1000) : undefined;
}

test('dates as people and programs write them are the moments of the table of all hosts', () => {
  for (const { given, zone, seconds: expected, refused } of vectors.moments) {
    const read = toRfc3339(given, zone);
    const label = `${JSON.stringify(given)} in ${zone} gives ${read}`;
    if (expected !== undefined) assert.equal(seconds(read), expected, label);
    // Left to the plugin, which refuses it; or a moment that it refuses.
    else if (read !== given) assert.ok(!isTaken(seconds(read)), `${label}, ${refused}`);
  }
});

function isTaken(moment: number | undefined): boolean {
  return moment !== undefined && moment >= Date.UTC(2000) / 1000 && moment < Date.UTC(2050) / 1000;
}

const SECONDS = 1362254400; // 2013-03-03T00:00:00+04:00

const written = (zone: string, texts: [string, string][]) => {
  for (const [text, expected] of texts) assert.equal(toRfc3339(text, zone), expected, text);
};

test('a date-time with an offset stays that instant, whatever the time zone', () => {
  for (const text of [
    '2013-03-03T00:00:00+04:00',
    '2013-03-03T00:00:00+0400',
    '2013-03-02 20:00Z',
    '2013-03-02t20:00:00.000z',
  ]) {
    assert.equal(Date.parse(String(toRfc3339(text, 'America/Chicago'))) / 1000, SECONDS, text);
  }
});

test('a date-time without offset is meant in the time zone', () => {
  written('Europe/Moscow', [['2013-03-03T00:00:00', '2013-03-03T00:00:00+04:00']]);
  written('America/New_York', [
    ['2013-03-03 10:30', '2013-03-03T10:30:00-05:00'],
    [' 2013-07-03T10:30:00.5 ', '2013-07-03T10:30:00-04:00'],
  ]);
  written('UTC', [['2013-03-03T00:00:00', '2013-03-03T00:00:00+00:00']]);
  written('Asia/Kathmandu', [['2024-01-01T09:30', '2024-01-01T09:30:00+05:45']]);
});

test('a date alone is the first moment of its day in the time zone', () => {
  written('Europe/Moscow', [['2013-03-03', '2013-03-03T00:00:00+04:00']]);
});

test('near a change of the clocks the offset of that local time counts', () => {
  // Berlin goes from +01:00 to +02:00 on 2024-03-31 at 2:00, and back on 2024-10-27 at 3:00.
  written('Europe/Berlin', [
    ['2024-03-31T01:59:59', '2024-03-31T01:59:59+01:00'],
    ['2024-03-31T03:00:00', '2024-03-31T03:00:00+02:00'],
    ['2024-10-27T01:30:00', '2024-10-27T01:30:00+02:00'],
    ['2024-10-27T03:00:00', '2024-10-27T03:00:00+01:00'],
  ]);
  // New York goes back on 2024-11-03 at 2:00.
  written('America/New_York', [
    ['2024-11-03T00:30:00', '2024-11-03T00:30:00-04:00'],
    ['2024-11-03T02:00:00', '2024-11-03T02:00:00-05:00'],
  ]);
  written('Australia/Sydney', [['2013-10-06T03:00:00', '2013-10-06T03:00:00+11:00']]);
});

test("expressions may give Luxon's and JavaScript's dates", () => {
  const luxon = { toISO: () => '2013-03-03T00:00:00.000+04:00' };
  assert.equal(toRfc3339(luxon, 'UTC'), '2013-03-03T00:00:00.000+04:00');
  assert.equal(toRfc3339(new Date(SECONDS * 1000), 'UTC'), '2013-03-02T20:00:00.000Z');
  assert.equal(toRfc3339(new Date('never'), 'UTC'), 'Invalid Date');
  // Of another realm, as n8n's expressions make them; and Moment's.
  assert.equal(toRfc3339(runInNewContext('new Date(1362254400000)'), 'UTC'), '2013-03-02T20:00:00.000Z');
  assert.equal(toRfc3339({ toISOString: () => '2013-03-02T20:00:00.000Z' }, 'UTC'), '2013-03-02T20:00:00.000Z');
  assert.equal(toRfc3339({ toISO: () => null, toString: () => 'Invalid DateTime' }, 'UTC'), 'Invalid DateTime');
});

test('what is no date-time, or can not be placed in time, is left for the plugin to take or to refuse', () => {
  for (const value of ['soon', '', SECONDS, undefined, null, true, '2013-99-99', '2013-03-03T25:00']) {
    assert.equal(toRfc3339(value, 'Europe/Moscow'), value);
  }
  for (const zone of [undefined, null, '', 'Moon/Base']) {
    assert.equal(toRfc3339('2013-03-03T00:00:00', zone), '2013-03-03T00:00:00');
  }
});
