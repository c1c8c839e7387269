import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { Field } from 'plugin-engine/forms';
import { fieldDescription, joined, sentences } from '../nodes/text';

function described(field: Partial<Field>): string {
  return fieldDescription({
    key: 'k',
    title: 'T',
    description: '',
    required: false,
    kind: 'text',
    choices: [],
    ...field,
  });
}

test('one sentence has no full stop, several have', () => {
  assert.equal(joined(sentences('The order.')), 'The order');
  assert.equal(joined(sentences('The order. At most 3.5 kg.')), 'The order. At most 3.5 kg.');
});

test('a star says what a sentence would', () => {
  const description = 'The tracking number. Required for sent.';
  assert.equal(described({ description, required: { when: { status: ['sent'] } } }), 'The tracking number');
  assert.equal(described({ description, required: false }), 'The tracking number. Required for sent.');
});

test('how machines write dates is not told to people', () => {
  const description = 'When it was paid: UNIX seconds, or RFC 3339.';
  assert.equal(described({ description, kind: 'dateTime' }), 'When it was paid');
  assert.equal(described({ description, kind: 'text' }), 'When it was paid: UNIX seconds, or RFC 3339');
});

test('a switch says whether to do what it stands for', () => {
  const description = 'Allows plain http. Anyone can read it.';
  assert.equal(described({ description, kind: 'boolean' }), 'Whether to allow plain http. Anyone can read it.');
  assert.equal(described({ title: 'Urgent', kind: 'boolean' }), 'Whether "Urgent" is on');
});
