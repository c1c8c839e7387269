import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { PlainOutputField } from 'zapier-platform-core';
import { loadIntegration, send, shownFields } from '../zapier';

const app = loadIntegration('second.cjs');
const action = app.creates!.add_note_to_order!;

test('a second action of the plugin is a second action in Zapier, and the first is as before', async () => {
  assert.deepEqual(await send(app, { command: 'validate' }), []);
  assert.deepEqual(Object.keys(app.creates!), ['update_order_status', 'add_note_to_order']);
  assert.deepEqual(action.display, {
    label: 'Add Note to Order',
    description: 'Write a note to an order, and tell the customer if wanted.',
  });
  assert.equal(action.noun, 'Note to Order');
});

test('its fields have the order, types and conditions of its description', async () => {
  const shown = await shownFields(app, action.key, { channel: 'sms' });
  assert.deepEqual(
    shown.map(({ key, type, required, altersDynamicFields }) => [key, type, required, altersDynamicFields ?? false]),
    [
      ['channel', 'string', true, true],
      ['phone', 'string', true, false],
      ['bill_id', 'integer', true, false],
      ['at', 'datetime', false, false],
      ['urgent', 'boolean', false, false],
    ],
  );
  const others = await shownFields(app, action.key, { channel: 'none' });
  assert.deepEqual(
    others.map(({ key }) => key),
    ['channel', 'bill_id', 'at', 'urgent'],
  );
});

test('its output fields and its sample come from its schema where it has no examples', () => {
  assert.deepEqual(action.operation.sample, { note_id: 7 });
  assert.deepEqual(action.operation.outputFields as PlainOutputField[], [
    { key: 'note_id', label: 'Note Number', type: 'integer' },
  ]);
});
