import assert from 'node:assert/strict';
import { test } from 'node:test';
import zapier, { type ZObject } from 'zapier-platform-core';
import { ActionError, type Action, type ErrorDocument } from 'plugin-engine';
import { description } from 'plugin:bundle';
import { actionError, connectionError } from '../../src/errors';

const z = { errors: zapier.errors, console: { log() {} } } as unknown as ZObject;
const [action] = description.actions as [Action];
const fields = [
  { key: 'bill_id', title: 'Order number' },
  { key: 'rpo', title: 'Tracking number' },
];

function failure(document: Partial<ErrorDocument>): ActionError {
  return new ActionError({ kind: 'internal', message: 'It broke.', retry: 'never', effect: 'none', ...document });
}

/** The error's name, message and details, as Zapier reads them. */
function read(error: Error): [string, unknown] {
  return [error.name, error.message.startsWith('{') ? JSON.parse(error.message) : error.message];
}

test('what may be repeated is repeated when the service says, and up to a fifth later, not all at once', () => {
  const delayed = (retry_after_s: number) => {
    const error = failure({ kind: 'throttled', retry: 'later', retry_after_s });
    const [name, { message, delay }] = read(actionError(z, action, error, fields)) as [string, any];
    assert.deepEqual([name, message, Number.isInteger(delay)], ['ThrottledError', 'It broke.', true]);
    return delay as number;
  };
  const delays = Array.from({ length: 50 }, () => delayed(100));
  assert.ok(delays.every((delay) => delay >= 100 && delay <= 120));
  assert.ok(new Set(delays).size > 1);
  assert.deepEqual([delayed(0), delayed(86_400)], [0, 86_400]);
});

test('where the service does not say, runs are repeated after one to two minutes, not all at once', () => {
  const delays = Array.from({ length: 50 }, () => {
    const [name, { delay }] = read(
      actionError(z, action, failure({ kind: 'unavailable', retry: 'later' }), fields),
    ) as [string, { delay: number }];
    assert.equal(name, 'ThrottledError');
    assert.ok(delay >= 60 && delay < 120);
    return delay;
  });
  assert.ok(new Set(delays).size > 1);
});

test('what the next minute does not mend fails at once', () => {
  for (const error_text of ['dns', 'tls', 'not_allowed']) {
    const upstream = { http_status: 0, error_text, verified: false };
    const [name] = read(actionError(z, action, failure({ kind: 'unavailable', retry: 'later', upstream }), fields));
    assert.equal(name, 'AppError', error_text);
  }
});

test('what may have been done, and would be done twice, is not repeated', () => {
  const lost = failure({ kind: 'unavailable', retry: 'later', effect: 'unknown' });
  assert.equal(read(actionError(z, action, lost, fields))[0], 'ThrottledError', 'to set a status twice does no harm');
  assert.equal(
    read(actionError(z, { ...action, annotations: {}, idempotency: 'none' as const }, lost, fields))[0],
    'AppError',
  );
  const reads = { ...action, annotations: { readOnlyHint: true }, idempotency: 'none' as const };
  assert.equal(read(actionError(z, reads, lost, fields))[0], 'ThrottledError');
});

test('a refused or unusable account has to be connected anew', () => {
  for (const kind of ['auth', 'invalid_connection'] as const) {
    assert.deepEqual(read(actionError(z, action, failure({ kind }), fields)), ['ExpiredAuthError', 'It broke.']);
  }
});

test('an unknown order halts its own run alone', () => {
  assert.deepEqual(read(actionError(z, action, failure({ kind: 'not_found' }), fields)), ['HaltedError', 'It broke.']);
});

test('all other errors fail the run, and say of which kind they are', () => {
  const statuses = { invalid_input: 400, rejected: 422, unexpected_reply: 502, forged_reply: 502, internal: 500 };
  for (const [code, status] of Object.entries(statuses)) {
    const error = actionError(z, action, failure({ kind: code as ErrorDocument['kind'] }), fields);
    assert.deepEqual(read(error), ['AppError', { message: 'It broke.', code, status }]);
  }
});

test('problems name fields by their labels, all at once', () => {
  const problems = [
    { field: 'bill_id', message: 'bill_id must be made of digits' },
    { field: 'rpo', message: 'rpo is required' },
    { field: 'hint', message: 'hint is not a field' },
  ];
  const [, told] = read(actionError(z, action, failure({ kind: 'invalid_input', problems }), fields));
  assert.equal(
    (told as { message: string }).message,
    'Order Number must be made of digits; Tracking Number is required; hint is not a field',
  );
});

test('a connection that is tested fails at once, with what is wrong', () => {
  assert.deepEqual(read(connectionError(z, failure({ kind: 'auth' }), fields)), [
    'AppError',
    { message: 'It broke.', code: 'AuthenticationError', status: 401 },
  ]);
  assert.deepEqual(read(connectionError(z, failure({ kind: 'unavailable', retry: 'later' }), fields)), [
    'AppError',
    { message: 'It broke.', code: 'unavailable', status: 503 },
  ]);
});

test("a failure that is not the plugin's is told as one too", () => {
  const expected = ['AppError', { message: 'Install the package again.', code: 'internal', status: 500 }];
  assert.deepEqual(read(actionError(z, action, new Error('Install the package again.'), fields)), expected);
  assert.deepEqual(read(connectionError(z, new Error('Install the package again.'), fields)), expected);
});
