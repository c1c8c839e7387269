import assert from 'node:assert/strict';
import { test } from 'node:test';
import { description } from 'plugin:bundle';
import { connectionFields, fieldsOf, holds, outputFieldsOf, type Action } from 'plugin-engine/forms';

const FIELDS = fieldsOf(description.actions[0]!);

test('the fields of an action are in the order of its form, each as it is best entered', () => {
  assert.deepEqual(
    FIELDS.map(({ key, title, kind, required }) => [key, title, kind, required]),
    [
      ['bill_id', 'Order number', 'text', true],
      ['status', 'Status', 'choice', true],
      ['date', 'Date', 'dateTime', { when: { status: ['sent', 'paid'] } }],
      ['rpo', 'Tracking number', 'text', { when: { status: ['sent'] } }],
    ],
  );
});

test('a choice says what each value means', () => {
  assert.deepEqual(FIELDS[1]?.choices, [
    { value: 'sent', title: 'Sent', description: 'Posted by mail' },
    { value: 'paid', title: 'Paid' },
    { value: 'return', title: 'Return', description: 'Returned by the customer' },
    { value: 'cancel', title: 'Cancel', description: 'Cancelled' },
  ]);
});

test('a field is shown for the values that need it', () => {
  const shown = (status: unknown) =>
    FIELDS.filter(({ visible = {} }) => holds(visible, { status })).map(({ key }) => key);
  assert.deepEqual(shown('sent'), ['bill_id', 'status', 'date', 'rpo']);
  assert.deepEqual(shown('paid'), ['bill_id', 'status', 'date']);
  assert.deepEqual(shown('cancel'), ['bill_id', 'status']);
  assert.deepEqual(shown(undefined), ['bill_id', 'status']);
});

test('the example of a date is one that a person would write', () => {
  assert.deepEqual(
    FIELDS.map(({ example }) => example),
    ['100000', 'sent', '2013-03-03T00:00:00+04:00', '10000000000000'],
  );
});

test('a connection knows its secrets and its switches', () => {
  assert.deepEqual(
    connectionFields(description).map(({ key, kind, secret, required, default: initial }) => [
      key,
      kind,
      secret,
      required,
      initial,
    ]),
    [
      ['login', 'text', false, true, undefined],
      ['api_key', 'text', true, true, undefined],
      ['base_url', 'text', false, true, undefined],
      ['allow_http', 'boolean', false, false, false],
    ],
  );
});

test('a switch is described as one', () => {
  const allowHttp = connectionFields(description).find(({ key }) => key === 'allow_http');
  assert.match(allowHttp?.description ?? '', /^Allows a base URL/);
});

test('an output has fields too', () => {
  assert.deepEqual(
    outputFieldsOf(description.actions[0]!)
      .map(({ key, kind }) => `${key}: ${kind}`)
      .slice(0, 4),
    ['bill_id: text', 'status: choice', 'date: integer', 'rpo: text'],
  );
});

const MADE_UP: Action = {
  name: 'add_note',
  title: 'Add note',
  description: 'Made up.',
  inputSchema: {
    type: 'object',
    properties: {
      note: { type: 'string' },
      stars: { type: ['integer', 'null'] },
      urgent: { type: 'boolean' },
      due: { type: 'string', format: 'date-time' },
    },
    required: ['note'],
    additionalProperties: false,
  },
  outputSchema: { type: 'object', properties: {} },
};

test('an action that has no form has its fields in the order of the schema', () => {
  assert.deepEqual(
    fieldsOf(MADE_UP).map(({ key, title, kind, required, visible }) => [key, title, kind, required, visible]),
    [
      ['note', 'note', 'text', true, undefined],
      ['stars', 'stars', 'integer', false, undefined],
      ['urgent', 'urgent', 'boolean', false, undefined],
      ['due', 'due', 'dateTime', false, undefined],
    ],
  );
});

test('a form that does not fit its schema is refused', () => {
  assert.throws(() => fieldsOf({ ...MADE_UP, form: { order: ['nothing'] } }), /"nothing"/);
  const rule = { if: { properties: { note: { enum: ['a'] } } }, then: { required: ['stars'] } };
  assert.throws(
    () => fieldsOf({ ...MADE_UP, inputSchema: { ...MADE_UP.inputSchema, allOf: [rule, rule] } }),
    /"stars"/,
  );
  const odd = { ...rule, if: { properties: { note: {} } } };
  assert.throws(() => fieldsOf({ ...MADE_UP, inputSchema: { ...MADE_UP.inputSchema, allOf: [odd] } }), /"stars"/);
});
