// Triggers of a made-up plugin: what Zapier is told, and what the plugin is asked.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionError, type Kind, type Plugin, type TriggerEvent } from 'plugin-engine';
import type { Description, Trigger } from 'plugin-engine/forms';
import { integration } from '../../src/integration';
import { send } from '../zapier';

const object = (properties = {}) => ({ type: 'object' as const, properties });
const trigger = (name: string, delivery: Trigger['delivery'], more: Partial<Trigger> = {}): Trigger => ({
  name,
  title: 'Note sent',
  description: 'Triggers when a note is sent.',
  delivery,
  inputSchema: object({ folder: { type: 'string', title: 'Folder' } }),
  eventSchema: {
    ...object({ text: { type: 'string', title: 'Text' }, when: { type: 'string', format: 'date-time' }, any: {} }),
    title: 'Note',
  },
  sample: { text: 'Hello' },
  ...more,
});
const DESCRIPTION: Description = {
  contract: 1,
  name: 'notes',
  title: 'Notes',
  version: '1.0.0',
  description: 'Sends notes.',
  connection: {
    schema: object({ key: { type: 'string', title: 'Key', writeOnly: true } }),
    check: 'check',
    origins: [],
  },
  actions: [],
  triggers: [
    trigger('note_polled', 'poll'),
    trigger('note_sent', 'webhook', { subscribe: 'begin', unsubscribe: 'end' }),
    trigger('note_by_hand', 'webhook'),
  ],
};
const event = (id: string): TriggerEvent => ({ id, data: { text: id } });
const failing = (kind: Kind) => {
  const retry = kind === 'throttled' || kind === 'unavailable' ? 'later' : 'never';
  return new ActionError({ kind, message: 'It failed.', retry, effect: 'none' });
};

/** Runs a method of a trigger with such a plugin, and keeps what the plugin is asked. */
function running(plugin: Partial<Plugin>) {
  const asked: unknown[][] = [];
  const kept = Object.fromEntries(
    Object.entries(plugin).map(([name, work]) => [
      name,
      (...args: unknown[]) => {
        asked.push([name, ...args.slice(0, 3)]);
        return (work as (...args: unknown[]) => unknown)(...args);
      },
    ]),
  ) as unknown as Plugin;
  const app = integration(DESCRIPTION, (use) => use(kept)) as never;
  const log: unknown[] = [];
  const run = (method: string, bundle: object = {}): Promise<any> => {
    const whole = { authData: { key: 'k' }, inputData: { folder: 'f' }, ...bundle };
    return send(app, { command: 'execute', method: `triggers.${method}`, bundle: whole }, log);
  };
  return { app, asked, log, run };
}

const name = (work: Promise<unknown>) =>
  work.then(
    () => 'no error',
    (error: Error) => error.name,
  );

test('Zapier finds nothing wrong with them, and those that a person would set up are left out', async () => {
  const { app } = running({});
  assert.deepEqual(await send(app, { command: 'validate' }), []);
  const { triggers } = app as { triggers: Record<string, any> };
  assert.deepEqual(Object.keys(triggers), ['note_polled', 'note_sent']);
  const { noun, display, operation } = triggers.note_sent;
  assert.deepEqual([noun, display.label, operation.type], ['Note', 'Note Sent', 'hook']);
  assert.deepEqual(operation.sample, { id: 'note_sent:sample', text: 'Hello' });
});

test('a poll reads three days to their end, and gives the newest first', async () => {
  const pages = [
    { events: [event('a'), event('b')], nextCursor: '1', hasMore: true },
    { events: [{ ...event('c'), data: { text: 'c', any: { x: 1 } } }], nextCursor: '2', hasMore: false },
  ];
  const { asked, run } = running({ poll: async () => pages.shift()!, confirmed: async () => true });
  const told = await run('note_polled.operation.perform');
  assert.deepEqual(told, [
    { id: 'c', text: 'c', any: '{"x":1}' },
    { id: 'b', text: 'b' },
    { id: 'a', text: 'a' },
  ]);
  const [first, second] = asked.filter(([name]) => name === 'poll') as any[];
  assert.deepEqual([first[2].input, first[2].cursor, second[2].cursor], [{ folder: 'f' }, null, '1']);
  const days = (Date.now() / 1000 - first[2].start) / 86_400;
  assert.ok(days > 2.99 && days < 3.01);
});

test('a poll that can not read to the end fails: the newest events would be those left out', async () => {
  const endless = { poll: async () => ({ events: [], nextCursor: String(Math.random()), hasMore: true }) };
  await assert.rejects(
    running(endless).run('note_polled.operation.perform'),
    /in the last 3 days .* Narrow .*: Folder/,
  );
  let page = 0;
  const broken = async () => {
    page += 1;
    if (page > 1) throw failing('unavailable');
    return { events: [event('a')], nextCursor: '1', hasMore: true };
  };
  const { run } = running({ poll: broken, confirmed: async () => true });
  assert.equal(await name(run('note_polled.operation.perform')), 'ThrottledError');
});

test('a sample looks back further where nothing has happened lately', async () => {
  const { asked, run } = running({
    poll: async (_, { start }) => {
      const isFar = Date.now() / 1000 - Number(start) > 20 * 86_400;
      return { events: isFar ? [event('old')] : [], nextCursor: 'x', hasMore: false };
    },
    confirmed: async () => true,
  });
  assert.deepEqual(await run('note_polled.operation.perform'), []);
  const sample = await run('note_polled.operation.perform', { meta: { isLoadingSample: true } });
  assert.deepEqual(sample, [{ id: 'old', text: 'old' }]);
  assert.equal(asked.filter(([name]) => name === 'poll').length, 3);
});

test('an error of a trigger decides what becomes of the Zap', async () => {
  const of = (kind: Kind) => {
    const poll = async () => {
      throw failing(kind);
    };
    return name(running({ poll }).run('note_polled.operation.perform'));
  };
  const kinds: Kind[] = ['throttled', 'auth', 'not_found', 'invalid_input'];
  const names = ['ThrottledError', 'ExpiredAuthError', 'AppError', 'AppError'];
  assert.deepEqual(await Promise.all(kinds.map(of)), names);
});

test('a Zap that is turned on subscribes, and unsubscribes with what was kept', async () => {
  const { asked, run } = running({
    subscribe: async () => ({ subscription: 's-1', secret: 'of-the-service', expires: 1_800_000_000 }),
    unsubscribe: async () => {},
  });
  const targetUrl = 'https://hooks.example/1';
  const kept = await run('note_sent.operation.performSubscribe', { targetUrl });
  assert.deepEqual(kept, { id: 's-1', secret: 'of-the-service', expiration_date: '2027-01-15T08:00:00.000Z' });
  await run('note_sent.operation.performUnsubscribe', { subscribeData: kept });
  const connection = { key: 'k' };
  assert.deepEqual(asked, [
    ['subscribe', 'note_sent', { input: { folder: 'f' }, url: targetUrl }, connection],
    ['unsubscribe', 'note_sent', { input: { folder: 'f' }, subscription: 's-1' }, connection],
  ]);
});

const REQUEST = {
  rawRequest: {
    method: 'POST',
    querystring: 'a=%20',
    headers: { 'Http-X-Signature': 's', 'Content-Type': 'text/plain' },
    content: 'Grüße',
  },
  subscribeData: { id: 's-1', secret: 'kept' },
};

test('a request to the address triggers, once it is made sure of', async () => {
  const { asked, run } = running({
    webhook: async () => ({ events: [event('a'), event('b')], response: { status: 200 } }),
    confirmed: async (_, { id }) => id === 'a',
  });
  assert.deepEqual(await run('note_sent.operation.perform', REQUEST), [{ id: 'a', text: 'a' }]);
  const [, , request] = asked[0] as any[];
  assert.deepEqual(
    [request.method, request.query, request.secret, [...request.headers], Buffer.from(request.body).toString()],
    [
      'POST',
      'a=%20',
      'kept',
      [
        ['X-Signature', 's'],
        ['Content-Type', 'text/plain'],
      ],
      'Grüße',
    ],
  );
});

test('nonsense that is sent to the address is passed over, and what nobody knows yet is repeated', async () => {
  const of = (kind: Kind) => {
    const webhook = async () => {
      throw failing(kind);
    };
    return running({ webhook }).run('note_sent.operation.perform', REQUEST);
  };
  assert.deepEqual(await of('forged_event'), []);
  assert.deepEqual(await of('unexpected_reply'), []);
  assert.equal(await name(of('unavailable')), 'ThrottledError');
  const { run } = running({
    webhook: async () => ({ events: [event('a')], response: { status: 200 } }),
    confirmed: async () => {
      throw failing('unavailable');
    },
  });
  assert.equal(await name(run('note_sent.operation.perform', REQUEST)), 'ThrottledError');
});
