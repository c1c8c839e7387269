// What platforms do with triggers: a tick of a poll, a webhook's request, and what was handed on.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionError, pollAll, receive, Seen, WEBHOOK_BYTES, type Plugin, type TriggerEvent } from 'plugin-engine';

const event = (id: string): TriggerEvent => ({ id, data: { id } });
const events = (...ids: string[]) => ids.map(event);
const ids = (list: readonly TriggerEvent[]) => list.map(({ id }) => id);
const failing = new ActionError({ kind: 'unavailable', message: 'm', retry: 'later', effect: 'none' });
const REQUEST = { method: 'POST', headers: {}, query: '', body: new Uint8Array() };

/** Pages by their cursors, and which events are not so. */
function polling(pages: Record<string, [events: string[], next: string, hasMore: boolean] | Error>, refuted = ['']) {
  const asked: unknown[] = [];
  const plugin: Pick<Plugin, 'poll' | 'confirmed'> = {
    poll: async (_, { cursor, start }) => {
      asked.push(cursor ?? start);
      const page = pages[cursor ?? 'first'];
      if (!page || page instanceof Error) throw page ?? failing;
      return { events: events(...page[0]), nextCursor: page[1], hasMore: page[2] };
    },
    confirmed: async (_, { id }) => !refuted.includes(id),
  };
  return { plugin, asked };
}

test('a tick asks for all there is, and the next goes on from there', async () => {
  const { plugin, asked } = polling({
    first: [['a', 'b'], '1', true],
    '1': [['b', 'c'], '2', false],
    '2': [['a', 'd'], '3', false],
  });
  const tick = await pollAll(plugin, 'poll', { start: 'now' }, {});
  assert.deepEqual([ids(tick.events), tick.hasMore, tick.state.cursor], [['a', 'b', 'c'], false, '2']);
  const stored: unknown = JSON.parse(JSON.stringify(tick.state));
  const next = await pollAll(plugin, 'poll', { start: 'now', state: stored }, {});
  assert.deepEqual([ids(next.events), next.state.cursor], [['d'], '3'], 'an event comes once');
  assert.deepEqual(asked, ['now', '1', '2']);
});

test('a tick ends with enough events, or where its service never comes to an end', async () => {
  const { plugin } = polling({ first: [['a', 'b'], '1', true], '1': [['c'], '2', true] });
  const tick = await pollAll(plugin, 'poll', { most: 2 }, {});
  assert.deepEqual([ids(tick.events), tick.hasMore, tick.state.cursor], [['a', 'b'], true, '1']);
  let count = 0;
  const endless = { ...plugin, poll: async () => ({ events: [], nextCursor: String((count += 1)), hasMore: true }) };
  assert.deepEqual((await pollAll(endless, 'poll', {}, {})).state.cursor, '100');
});

test('what came before a page that fails is kept, and the next tick begins with that page', async () => {
  const { plugin } = polling({ first: [['a'], '1', true], '1': failing });
  const tick = await pollAll(plugin, 'poll', {}, {});
  assert.deepEqual([ids(tick.events), tick.hasMore, tick.state.cursor], [['a'], true, '1']);
  assert.equal(tick.error, failing);
  await assert.rejects(pollAll(plugin, 'poll', { state: tick.state }, {}), failing);
});

test('an event that the service knows nothing of is told apart', async () => {
  const { plugin } = polling({ first: [['a', 'b'], '1', false] }, ['a']);
  const tick = await pollAll(plugin, 'poll', {}, {});
  assert.deepEqual([ids(tick.events), ids(tick.refuted)], [['b'], ['a']]);
  assert.deepEqual(
    tick.state.seen.map(([id]) => id),
    ['b'],
  );
});

test('a stored state that is none is refused: beginning anew would leave things out', async () => {
  const { plugin } = polling({ first: [[], '1', false] });
  for (const state of ['x', 7, {}, [], { cursor: 7 }]) {
    await assert.rejects(pollAll(plugin, 'poll', { state }, {}), /remove it, and the trigger begins anew/);
  }
  assert.equal((await pollAll(plugin, 'poll', { state: { cursor: null, seen: 'x' } }, {})).state.cursor, '1');
});

/** A webhook that tells of these events. */
function telling(told: string[] | Error, confirmed: (id: string) => boolean = () => true) {
  const plugin: Pick<Plugin, 'webhook' | 'confirmed'> = {
    webhook: async () => {
      if (told instanceof Error) throw told;
      return { events: events(...told), response: { status: 200, body: 'ok' } };
    },
    confirmed: async (_, { id }) => confirmed(id),
  };
  return plugin;
}

test('a request tells what is new and true, once, and its service gets its answer', async () => {
  const seen = new Seen();
  const plugin = telling(['a', 'a', 'b'], (id) => id !== 'b');
  const [one, two] = await Promise.all([1, 2].map(() => receive(plugin, 'webhook', REQUEST, seen, {})));
  assert.deepEqual([ids(one!.events), ids(two!.events)], [['a'], []], 'also where both come at once');
  assert.deepEqual([ids(one!.refuted), one!.response, two!.response.status], [['b'], { status: 200, body: 'ok' }, 200]);
  seen.forget(one!.events);
  assert.deepEqual(ids((await receive(plugin, 'webhook', REQUEST, seen, {})).events), ['a'], 'it was not handed on');
});

test('what is not taken is answered by a status alone, with its reason for the log', async () => {
  const of = async (told: string[] | Error, body = REQUEST.body, confirm?: () => boolean) => {
    const outcome = await receive(telling(told, confirm), 'webhook', { ...REQUEST, body }, new Seen(), {});
    assert.deepEqual([outcome.events, Object.keys(outcome.response)], [[], ['status']]);
    return [outcome.response.status, outcome.error];
  };
  const forged = new ActionError({ kind: 'forged_event', message: 'm', retry: 'never', effect: 'none' });
  assert.deepEqual(await of(forged), [401, forged]);
  const wrong = new ActionError({ kind: 'auth', message: 'm', retry: 'never', effect: 'none' });
  const unsure = () => {
    throw wrong;
  };
  assert.deepEqual(await of(wrong), [500, wrong]);
  assert.deepEqual(await of(['a'], REQUEST.body, unsure), [503, wrong], 'its events are not safe');
  assert.equal((await of([], new Uint8Array(WEBHOOK_BYTES + 1)))[0], 413);
});

test('ids are kept up to a number and an age, and survive as JSON', () => {
  let now = 1000;
  const settings = { most: 3, maxAgeS: 100, now: () => now };
  const seen = new Seen(undefined, settings);
  assert.deepEqual(ids(seen.fresh(events('a', 'b', 'a'))), ['a', 'b']);
  seen.note(events('a', 'b'));
  now = 1050;
  seen.note(events('c', 'a'));
  assert.deepEqual(seen.toJSON(), [
    ['a', 1000],
    ['b', 1000],
    ['c', 1050],
  ]);
  seen.note(events('d'));
  assert.deepEqual(ids(seen.fresh(events('a', 'b', 'c', 'd'))), ['a']);
  now = 1101;
  const later = new Seen(JSON.parse(JSON.stringify(seen)), settings);
  assert.deepEqual(later.toJSON(), [
    ['c', 1050],
    ['d', 1050],
  ]);
  later.forget(events('c'));
  assert.deepEqual(ids(later.fresh(events('c', 'd'))), ['c']);
  for (const odd of [null, 7, 'x', {}, [1, [], ['a'], [1, 2], ['a', 'b']]])
    assert.deepEqual(new Seen(odd).toJSON(), []);
});
