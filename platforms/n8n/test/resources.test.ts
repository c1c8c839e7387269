import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Action } from 'plugin-engine/forms';
import { isGrouped, resourcesOf } from '../nodes/resources';
import { singular } from '../nodes/text';

const SEARCH = {
  annotations: { readOnlyHint: true },
  outputSchema: { type: 'object', properties: { items: { type: 'array' } } },
};
const READ = { annotations: { readOnlyHint: true } };

function action(name: string, more: object = {}): Action {
  const title = `${name.charAt(0).toUpperCase()}${name.slice(1)}`.replaceAll('_', ' ');
  const object = { type: 'object' as const, properties: {} };
  return { name, title, description: '', inputSchema: object, outputSchema: object, ...more } as Action;
}

/** `{order: ['Create', …]}` */
function grouped(...actions: Action[]): Record<string, string[]> {
  const resources = resourcesOf(actions);
  return Object.fromEntries(resources.map(({ name, operations }) => [name, operations.map((each) => each.name)]));
}

test('what stands behind the verb is the resource, in the singular', () => {
  const actions = [action('create_order'), action('list_orders', SEARCH), action('list_time_entries', SEARCH)];
  assert.deepEqual(grouped(...actions), { Order: ['Create', 'Get Many'], 'Time Entry': ['Get Many'] });
});

test('what another action has as its resource is so with more words behind it, too', () => {
  const actions = [action('get_order'), action('update_order_status'), action('list_order_notes', SEARCH)];
  assert.deepEqual(grouped(...actions), { Order: ['Get', 'Update Status', 'List Notes'] });
  assert.deepEqual(grouped(action('update_order_status'), action('list_groups', SEARCH)), {
    'Order Status': ['Update'],
    Group: ['Get Many'],
  });
});

test('facts of something are of its resource', () => {
  assert.deepEqual(grouped(action('get_partner_stats', READ)), { Partner: ['Get Stats'] });
});

test('where the name says nothing, the subject does, and else the title stands among the others', () => {
  const paid = action('mark_paid', { subject: 'order_id', title: 'Mark as paid' });
  assert.deepEqual(grouped(action('create_order'), paid, action('ping')), {
    Order: ['Create', 'Mark as Paid'],
    Other: ['Ping'],
  });
  assert.deepEqual(grouped(action('send_note', { subject: 'thread' })), { Note: ['Send'] });
});

test('two operations of one name are told apart by their titles', () => {
  const actions = [action('list_orders', SEARCH), action('get_orders', { ...SEARCH, title: 'Get orders by number' })];
  assert.deepEqual(grouped(...actions), { Order: ['List Orders', 'Get Orders by Number'] });
});

test('few operations of one resource need no field for it', () => {
  assert.ok(!isGrouped(resourcesOf([action('create_order'), action('get_order')])));
  assert.ok(isGrouped(resourcesOf([action('create_order'), action('create_note')])));
  assert.ok(
    isGrouped(resourcesOf(['create', 'get', 'delete', 'pay', 'close', 'open'].map((verb) => action(`${verb}_order`)))),
  );
});

test('the singular of names', () => {
  const words = [
    'orders',
    'time_entries',
    'statuses',
    'status',
    'address',
    'addresses',
    'boxes',
    'goods',
    'keys',
    'news',
  ];
  assert.deepEqual(words.map(singular), [
    ...['order', 'time_entry', 'status', 'status', 'address', 'address', 'box', 'goods', 'key', 'news'],
  ]);
});
