import assert from 'node:assert/strict';
import { mock, test } from 'node:test';
import { authData, misbehaving } from '../sandbox';
import { loadIntegration, send } from '../zapier';

const app = loadIntegration('integration.cjs');
const KEY = authData.api_key!;

/** All that a step leaves in Zapier: its logs, what it prints, its output and its error. */
async function traces(inputData: Record<string, unknown>, auth: Record<string, string> = authData): Promise<string> {
  const logged: unknown[] = [];
  const method = 'creates.update_order_status.operation.perform';
  const event = { command: 'execute', method, bundle: { authData: auth, inputData, meta: {} } };
  const { printed, result } = await printing(() =>
    send(app, event, logged).catch((error: Error) => `${error.name} ${error.message} ${error.stack}`),
  );
  return JSON.stringify([logged, printed, result]);
}

async function printing<T>(run: () => Promise<T>): Promise<{ printed: unknown[]; result: T }> {
  const printed: unknown[] = [];
  const mocks = (['log', 'info', 'warn', 'error'] as const).map((method) =>
    mock.method(console, method, (...line: unknown[]) => void printed.push(line)),
  );
  try {
    return { result: await run(), printed };
  } finally {
    mocks.forEach((method) => method.mock.restore());
  }
}

test('the API key is in no log, output or error, whatever happens', async () => {
  const input = { bill_id: '100000', status: 'cancel' };
  for (const misbehaviour of ['http-503', 'forged-hash', 'html', 'code-4', 'code-201', 'drop-after']) {
    const left = await misbehaving(misbehaviour, () => traces(input));
    assert.match(left, /Error/);
    assert.ok(!left.includes(KEY), misbehaviour);
  }
  const left = await traces(input);
  assert.match(left, /order status changed/);
  assert.ok(!left.includes(KEY));
});

test('an API key that was entered in the wrong field is in no log or error either', async () => {
  for (const input of [
    { bill_id: KEY, status: 'cancel' },
    { bill_id: '100000', status: KEY },
    { bill_id: '100000', status: 'paid', date: KEY },
  ]) {
    const left = await traces(input);
    assert.match(left, /AppError/);
    assert.ok(!left.includes(KEY), JSON.stringify(Object.keys(input)));
  }
});

test('a key that is refused is in no log or error', async () => {
  const refused = 'no-longer-the-right-key';
  const left = await traces({ bill_id: '100000', status: 'cancel' }, { ...authData, api_key: refused });
  assert.match(left, /ExpiredAuthError/);
  assert.ok(!left.includes(refused));
});

test('no signed request is logged, since whoever reads it could send it again', async () => {
  const left = await traces({ bill_id: '100000', status: 'cancel' });
  assert.ok(!left.includes('hash='));
});

test('a failure leaves its error document in the log, for whoever looks into it', async () => {
  const left = await traces({ bill_id: '999999', status: 'cancel' });
  assert.match(left, /not_found/);
  assert.match(left, /error_code/);
});
