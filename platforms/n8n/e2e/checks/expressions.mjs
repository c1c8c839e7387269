// Dates as expressions give them, in the real n8n: its own code prepares them before the node sees them.

import assert from 'node:assert/strict';
import { check } from '../support.mjs';
import { newOrders } from '../sandbox.mjs';

/** One moment, by the workflow's zone; the item says in which way. */
const WAYS = {
  picked: "'2013-03-03T00:00:00'",
  day: "'2013-03-03'",
  offset: "'2013-03-02T20:00:00Z'",
  seconds: '1362254400',
  digits: "'1362254400'",
  luxon: 'DateTime.fromSeconds(1362254400)',
  date: 'new Date(1362254400000)',
};
const MOMENT = 1362254400;

export const DATES = `={{ ({ ${Object.entries(WAYS)
  .map(([way, value]) => `${way}: ${value}`)
  .join(', ')} })[$json.date] }}`;

export async function expressions(n8n) {
  const ways = Object.keys(WAYS);
  const number = (at) => String(300_001 + at);
  await newOrders(ways.map((_, at) => number(at)));
  const answered = async (items) => (await n8n.webhook('dates', { items })).json();

  await check('an expression may give a date in any way that n8n knows', async () => {
    const output = await answered(ways.map((date, at) => ({ number: number(at), status: 'paid', date })));
    assert.deepEqual(
      output.map(({ date, error }, at) => [ways[at], date ?? error]),
      ways.map((way) => [way, MOMENT]),
    );
    return ways.join(', ');
  });

  await check('an item without a date is told so, and one whose status needs none is not', async () => {
    const [paid, cancelled] = await answered(['paid', 'cancel'].map((status) => ({ number: number(0), status })));
    assert.deepEqual([paid.error.kind, paid.error.field], ['invalid_input', 'date']);
    assert.equal(cancelled.status, 'cancel');
  });
}
