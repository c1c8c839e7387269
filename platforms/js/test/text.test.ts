import assert from 'node:assert/strict';
import { test } from 'node:test';
import { titleCase } from '../src/text';

test('names are in title case, with acronyms', () => {
  assert.equal(titleCase('Order number'), 'Order Number');
  assert.equal(titleCase('API key'), 'API Key');
  assert.equal(titleCase('base url of the shop'), 'Base URL of the Shop');
  assert.equal(titleCase('to-do list to send'), 'To-Do List to Send');
  assert.equal(titleCase('Fetch at'), 'Fetch At');
});
