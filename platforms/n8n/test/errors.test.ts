import assert from 'node:assert/strict';
import { test } from 'node:test';
import { ExpressionError, NodeApiError, NodeOperationError, type INode } from 'n8n-workflow';
import { ActionError, type ErrorDocument } from 'plugin-engine';
import { errorDocument, messageOf, nodeError } from '../nodes/errors';

const NODE = {
  id: '1',
  name: 'JustClick',
  type: 'justClick',
  typeVersion: 1,
  position: [0, 0],
  parameters: {},
} as INode;
const FIELDS = [
  { key: 'bill_id', title: 'Order Number' },
  { key: 'rpo', title: 'Tracking Number' },
  { key: 'base_url', title: 'Base URL' },
];

function failure(document: Partial<ErrorDocument>): ActionError {
  return new ActionError({ kind: 'rejected', message: 'No.', retry: 'never', effect: 'none', ...document });
}

function shown(document: Partial<ErrorDocument>): NodeApiError | NodeOperationError {
  return nodeError(NODE, failure(document), FIELDS, 3) as NodeApiError | NodeOperationError;
}

test("what JustClick answered, or did not, is an API error; what is to be mended in the workflow isn't", () => {
  const api = [
    'auth',
    'not_found',
    'rejected',
    'throttled',
    'unavailable',
    'unexpected_reply',
    'forged_reply',
  ] as const;
  for (const kind of api) assert.ok(shown({ kind }) instanceof NodeApiError, kind);
  const operational = ['invalid_input', 'invalid_connection', 'internal'] as const;
  for (const kind of operational) assert.ok(shown({ kind }) instanceof NodeOperationError, kind);
});

test('every error names its item', () => {
  assert.equal(shown({ kind: 'not_found' }).context.itemIndex, 3);
  assert.equal(shown({ kind: 'invalid_input' }).context.itemIndex, 3);
});

test("the plugin's message is shown as it is, whatever the HTTP status", () => {
  const { message, httpCode } = shown({
    kind: 'unavailable',
    message: 'JustClick is out of order (HTTP 503).',
    upstream: { http_status: 503, verified: false },
  }) as NodeApiError;
  assert.equal(message, 'JustClick is out of order (HTTP 503).');
  assert.equal(httpCode, '503');
});

test('there is no HTTP code where there was no answer, or a success that says no', () => {
  for (const http_status of [0, 200]) {
    const error = shown({ kind: 'not_found', upstream: { http_status, verified: true } }) as NodeApiError;
    assert.equal(error.httpCode, null);
  }
});

test('one problem is the message, with the name of the field in the form', () => {
  const error = shown({ kind: 'invalid_input', problems: [{ field: 'bill_id', message: 'bill_id is missing' }] });
  assert.equal(error.message, 'Order Number is missing');
  assert.ok(!error.description);
});

test('of several problems the message has the first, and the description all', () => {
  const problems = [
    { field: 'bill_id', message: 'bill_id is missing' },
    { field: 'rpo', message: 'rpo is too long' },
  ];
  const error = shown({ kind: 'invalid_input', problems });
  assert.equal(error.message, 'Order Number is missing (and 1 more)');
  assert.equal(error.description, 'Order Number is missing\nTracking Number is too long');
});

test('what is wrong in the credential is told so', () => {
  const problems = [{ field: 'base_url', message: 'base_url must begin with https://' }];
  const error = shown({ kind: 'invalid_connection', problems });
  assert.equal(error.message, 'Base URL must begin with https://');
  assert.match(String(error.description), /credential/);
});

test('what may be repeated tells how, and when', () => {
  const error = shown({ kind: 'throttled', retry: 'later', retry_after_s: 7 });
  assert.match(String(error.description), /"Max Retry Wait".* in 7 s\.$/);
  assert.doesNotMatch(String(error.description), /Retry On Fail/);
  assert.doesNotMatch(String(shown({ kind: 'rejected' }).description), /Retry/);
  const upstream = { http_status: 0, error_text: 'dns', verified: false };
  assert.doesNotMatch(String(shown({ kind: 'unavailable', retry: 'later', upstream }).description), /Retry/);
});

test('messages are one line', () => {
  for (const kind of ['invalid_input', 'unavailable', 'internal'] as const) {
    assert.doesNotMatch(shown({ kind, retry: 'later', effect: 'unknown' }).message, /\n/);
  }
});

test("other errors are n8n's operational errors", () => {
  const error = nodeError(NODE, new Error('The expression has an end too few'), FIELDS, 3);
  assert.ok(error instanceof NodeOperationError);
  assert.equal(error.message, 'The expression has an end too few');
  assert.equal(messageOf(error, FIELDS), error.message);
});

test("a failed item carries the contract's document", () => {
  const document: ErrorDocument = { kind: 'not_found', message: 'No such order.', retry: 'never', effect: 'none' };
  assert.deepEqual(errorDocument(failure(document)), document);
});

test('so does one whose expression failed, or for which there was no plugin', () => {
  const nothingSent = { retry: 'never', effect: 'none' };
  const expression = errorDocument(new ExpressionError('Referenced node does not exist'));
  assert.deepEqual(expression, { kind: 'invalid_input', message: 'Referenced node does not exist', ...nothingSent });
  const other = errorDocument(new Error('install the package again'));
  assert.deepEqual(other, { kind: 'internal', message: 'install the package again', ...nothingSent });
});
