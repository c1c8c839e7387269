import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TriggerEvent } from 'plugin-engine';
import { Group } from '../src/group';
import { Outbox } from '../src/outbox';

const PURPOSE = { account: 'a', cursorOf: 'c' };
const event = (id: string, subject?: string): TriggerEvent => ({ id, data: {}, ...(subject && { subject }) });

function filled(outbox: Outbox, ...events: TriggerEvent[]) {
  return outbox.add('told', events, outbox.fresh(events), 0);
}

const ids = (some: ({ event: TriggerEvent } | TriggerEvent)[]) =>
  some.map((one) => ('event' in one ? one.event : one).id);

test('events on one subject come in their order, one at a time, and others do not wait for them', () => {
  const outbox = new Outbox(undefined, PURPOSE, 0);
  filled(outbox, event('1', 'x'), event('2', 'x'), event('3', 'y'), event('4'));
  const taken = outbox.take(0, 8);
  assert.deepEqual(ids(taken), ['1', '3', '4']);
  assert.deepEqual(ids(outbox.take(0, 8)), []);
  outbox.later(taken[0]!, 50);
  assert.deepEqual([ids(outbox.take(49, 8)), outbox.nextAt], [[], 50]);
  assert.deepEqual(ids(outbox.take(50, 8)), ['1']);
  outbox.remove(taken[0]!);
  assert.deepEqual(ids(outbox.take(50, 8)), ['2']);
});

test('no more are under way at once than there is room for', () => {
  const outbox = new Outbox(undefined, PURPOSE, 0);
  filled(outbox, event('1'), event('2'), event('3'));
  const [first] = outbox.take(0, 2);
  assert.deepEqual(ids(outbox.take(0, 2)), []);
  outbox.remove(first!);
  assert.deepEqual(ids(outbox.take(0, 2)), ['3']);
});

test('what is kept comes back after a restart, and what was seen does not come again', () => {
  const outbox = new Outbox(undefined, PURPOSE, 0);
  filled(outbox, event('1'), event('2'));
  outbox.cursor = '7';
  const [first] = outbox.take(0, 1);
  outbox.remove(first!);
  const again = new Outbox(JSON.parse(JSON.stringify(outbox.state)), PURPOSE, 0);
  assert.deepEqual([ids(again.take(0, 8)), again.cursor], [['2'], '7']);
  assert.deepEqual(ids(filled(again, event('1'), event('2'), event('3'))), ['3']);
});

test('what was seen is of an account, and a cursor of a trigger and its input', () => {
  const outbox = new Outbox(undefined, PURPOSE, 0);
  filled(outbox, event('1'));
  outbox.cursor = '7';
  const state = JSON.parse(JSON.stringify(outbox.state));
  const other = new Outbox(state, { ...PURPOSE, cursorOf: 'd' }, 0);
  assert.deepEqual([other.cursor, ids(other.fresh([event('1')]))], [null, []]);
  const stranger = new Outbox(state, { ...PURPOSE, account: 'b' }, 0);
  assert.deepEqual([stranger.cursor, ids(stranger.fresh([event('1')]))], [null, ['1']]);
});

test('what could not be kept is as if it had never come', () => {
  const outbox = new Outbox(undefined, PURPOSE, 0);
  outbox.takeBack(filled(outbox, event('1')));
  assert.deepEqual([outbox.size, ids(outbox.fresh([event('1')]))], [0, ['1']]);
});

test('nodes that share get an event once between them', () => {
  const group = new Group();
  const [one, other] = ['1', '2'].map((node) => {
    const outbox = new Outbox(undefined, PURPOSE, 0);
    group.join(node, outbox);
    return outbox;
  });
  filled(one!, event('1'));
  assert.deepEqual(ids(group.fresh(other!, [event('1'), event('2')])), ['2']);
  group.leave('1');
  assert.deepEqual(ids(group.fresh(other!, [event('1')])), ['1']);
});
