// What becomes of events: with a disk and a service that do as they are told.

import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ActionError, type TriggerEvent } from 'plugin-engine';
import { Delivery, type Ends } from '../src/delivery';
import { Group } from '../src/group';
import { Outbox } from '../src/outbox';
import { Subscriber, type Kept, type Subscribing } from '../src/subscriber';

const event = (id: string, subject = id): TriggerEvent => ({ id, subject, data: { id } });
const busy = (retry_after_s = 0) =>
  new ActionError({ kind: 'unavailable', message: 'busy', retry: 'later', effect: 'none', retry_after_s });

function delivering(confirm: (id: string) => boolean | Error, isAnswered = false) {
  const outbox = new Outbox(undefined, { account: 'a', cursorOf: 'c' }, 0);
  const seen = { handed: [] as string[], failed: [] as string[], dropped: [] as unknown[], now: 0, saves: 0 };
  const ends: Ends = {
    confirm: async (_, { id }) => {
      const answer = confirm(id);
      if (answer instanceof Error) throw answer;
      return answer;
    },
    handOn: (_, { id }) => seen.handed.push(id),
    isAnswered,
    failed: (error) => seen.failed.push((error as Error).message),
    worked: () => {},
    dropped: ({ id }, why, isLost) => seen.dropped.push([id, why, isLost]),
    now: () => seen.now,
  };
  const file = { save: async () => void (seen.saves += 1), idle: async () => {} };
  const delivery = new Delivery(outbox, file as never, new Group(), ends);
  delivery.begin();
  return { delivery, outbox, seen };
}

const settled = () => new Promise((resolve) => setTimeout(resolve, 5));

test('what the service does not know to be so is dropped and told', async () => {
  const { delivery, seen, outbox } = delivering((id) => id !== 'forged');
  await delivery.takeIn('paid', [event('forged'), event('true')]);
  await settled();
  assert.deepEqual(seen.handed, ['true']);
  assert.deepEqual(seen.dropped, [['forged', 'the service does not know it to be so', false]]);
  assert.equal(outbox.size, 0);
  await delivery.close();
});

test('what can not be made sure of now is tried again, and what comes later on the same thing waits', async () => {
  let isBusy = true;
  const { delivery, seen, outbox } = delivering(() => (isBusy ? busy(60) : true));
  await delivery.takeIn('paid', [event('1', 'order'), event('2', 'order')]);
  await settled();
  assert.deepEqual([seen.handed, seen.failed, outbox.nextAt], [[], ['busy'], 60_000]);
  isBusy = false;
  seen.now = 60_000;
  await delivery.takeIn('paid', [event('3')]);
  await settled();
  assert.deepEqual(seen.handed, ['1', '3', '2']);
  await delivery.close();
});

test('what can not be handed on now is kept', async () => {
  const { delivery, seen, outbox } = delivering(() => true);
  seen.handed.push = () => {
    throw new Error('Choose a connection');
  };
  await delivery.takeIn('paid', [event('1')]);
  await settled();
  assert.deepEqual([seen.failed, outbox.size, outbox.nextAt], [['Choose a connection'], 1, 1000]);
  await delivery.close();
});

test('a day of trying is enough, and then somebody is told', async () => {
  const { delivery, seen, outbox } = delivering(() => busy());
  await delivery.takeIn('paid', [event('1')]);
  await settled();
  seen.now = 25 * 60 * 60 * 1000;
  await delivery.takeIn('paid', [event('2')]);
  await settled();
  assert.deepEqual(seen.dropped, [['1', 'it could not be confirmed for a day', true]]);
  assert.equal(outbox.size, 1);
  await delivery.close();
});

test('the flow has eight events at once, and the next when it is done with one', async () => {
  const { delivery, seen } = delivering(() => true, true);
  await delivery.takeIn(
    'paid',
    Array.from({ length: 10 }, (_, n) => event(String(n))),
  );
  await settled();
  assert.equal(seen.handed.length, 8);
  await delivery.answered('0');
  await settled();
  assert.equal(seen.handed.length, 9);
  await delivery.answered('1', { message: 'busy', again: true, afterMs: 1000 });
  await settled();
  assert.equal(seen.handed.length, 10);
  await delivery.answered('unknown');
  await delivery.close();
});

function subscribing(its: Partial<Subscribing>) {
  const calls: string[] = [];
  let kept: Kept | undefined = its.kept;
  const plugin = {
    subscribe: async (_: string, { url }: { url: string }) => {
      calls.push(`subscribe ${url}`);
      return { subscription: `s-${calls.length}`, secret: 'whsec' };
    },
    unsubscribe: async (_: string, { subscription }: { subscription: string }) => {
      calls.push(`unsubscribe ${subscription}`);
    },
  };
  const subscriber = new Subscriber({
    plugin: async () => plugin as never,
    connection: () => ({}),
    trigger: 'paid',
    endsIt: () => true,
    input: async () => ({}),
    url: 'https://a.example/1',
    of: 'one',
    key: 'secret of the address',
    kept,
    keep: async (now) => void (kept = now),
    worked: () => {},
    failed: (error) => calls.push(`failed ${(error as Error).message}`),
    signal: new AbortController().signal,
    ...its,
  });
  return { subscriber, calls, kept: () => kept! };
}

test('the service is told once where to send, and again only where that has changed', async () => {
  const first = subscribing({});
  first.subscriber.begin();
  await first.subscriber.close();
  assert.deepEqual([first.calls, first.subscriber.secret], [['subscribe https://a.example/1'], 'whsec']);
  assert.ok(!JSON.stringify(first.kept()).includes('whsec'), 'its secret is not on the disk as it is');

  const again = subscribing({ kept: first.kept() });
  again.subscriber.begin();
  await again.subscriber.close();
  assert.deepEqual([again.calls, again.subscriber.secret], [[], 'whsec']);

  const moved = subscribing({ kept: first.kept(), of: 'other', url: 'https://b.example/1' });
  moved.subscriber.begin();
  await moved.subscriber.close();
  assert.deepEqual(moved.calls, ['subscribe https://b.example/1', 'unsubscribe s-1']);
  await moved.subscriber.end();
  assert.equal(moved.calls.at(-1), 'unsubscribe s-1');
});

test('a subscription is made anew before it ends', async () => {
  const now = Math.floor(Date.now() / 1000);
  const first = subscribing({});
  first.subscriber.begin();
  await first.subscriber.close();
  const ending = { ...first.kept(), since: now - 90, expires: now + 10 };
  const renewed = subscribing({ kept: ending });
  renewed.subscriber.begin();
  await renewed.subscriber.close();
  assert.deepEqual(renewed.calls, ['subscribe https://a.example/1', 'unsubscribe s-1']);
});
