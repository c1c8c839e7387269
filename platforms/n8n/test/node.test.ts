import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { createServer, type AddressInfo } from 'node:net';
import { before, test } from 'node:test';
import type { ICredentialTestFunctions, IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import type { ICredentialType } from 'n8n-workflow';
import type { nodeClass } from '../nodes/node';

type Node = InstanceType<ReturnType<typeof nodeClass>>;

// As they are published, with the plugin inside.
const load = createRequire(__filename);
const { JustClick } = load('./package/dist/nodes/JustClick/JustClick.node.js') as { JustClick: new () => Node };
const { JustClickApi } = load('./package/dist/credentials/JustClickApi.credentials.js') as {
  JustClickApi: new () => ICredentialType;
};

const KEY = 'a key that nobody may see';
/** Nobody listens there: what needs a service is tested in e2e/. */
const CREDENTIAL = { login: 'username', apiKey: KEY, baseUrl: '', allowHttp: false };
const CANCEL = { operation: 'update_order_status', billId: '100000', status: 'cancel' };

before(async () => {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  CREDENTIAL.baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  server.close();
  await once(server, 'close');
});

/** The part of n8n that the node asks, with parameters for each item. */
function n8n(
  parameters: Record<string, unknown>[],
  { continueOnFail = false, credential = CREDENTIAL, options = { maxRetryWait: 0 } as Record<string, unknown> } = {},
) {
  const functions = {
    getInputData: () => parameters.map((json) => ({ json })),
    getCredentials: async () => credential,
    getTimezone: () => 'Europe/Moscow',
    getExecutionCancelSignal: () => undefined,
    getNodeParameter: (name: string, item: number, fallback: unknown) =>
      parameters[item]?.[name] ?? (name === 'options' ? options : fallback),
    getNode: () => ({ name: 'JustClick', type: 'justClick' }) as INode,
    continueOnFail: () => continueOnFail,
  };
  return functions as unknown as IExecuteFunctions;
}

async function failed(functions: IExecuteFunctions, node = new JustClick()): Promise<Error & Record<string, unknown>> {
  const error = await node.execute.call(functions).then(
    () => assert.fail('it succeeded'),
    (error: unknown) => error as Error & Record<string, unknown>,
  );
  assert.ok(!JSON.stringify({ ...error, stack: error.stack }).includes(KEY), 'the key is in the error');
  return error;
}

test('the node and the credential name each other', () => {
  const { credentials } = new JustClick().description;
  assert.deepEqual(
    credentials?.map(({ name }) => name),
    [new JustClickApi().name],
  );
  const [test] = credentials?.map(({ testedBy }) => testedBy) ?? [];
  assert.ok(typeof test === 'string' && test in new JustClick().methods.credentialTest);
});

test('an input that the plugin refuses stops the run, with the item and the field', async () => {
  const error = await failed(n8n([{ ...CANCEL, billId: 'x' }]));
  assert.equal(error.constructor.name, 'NodeOperationError');
  assert.match(error.message, /^Order Number must be made of the digits/);
  assert.deepEqual((error.context as Record<string, unknown>).itemIndex, 0);
});

test('a service that is not there is told with its address', async () => {
  const error = await failed(n8n([CANCEL]));
  assert.equal(error.constructor.name, 'NodeApiError');
  assert.ok(error.message.startsWith(`No connection to ${CREDENTIAL.baseUrl}.`), error.message);
});

test('an incomplete credential is told as such', async () => {
  const error = await failed(n8n([CANCEL], { credential: { ...CREDENTIAL, baseUrl: '' } }));
  assert.equal(error.constructor.name, 'NodeOperationError');
  assert.match(error.message, /^Base URL /);
});

test('where the workflow goes on, every item has its result, in its place and with its pair', async () => {
  const items = Array.from({ length: 50 }, (_, at) => (at % 2 ? CANCEL : { ...CANCEL, billId: `x${at}` }));
  const [output = []] = await new JustClick().execute.call(n8n(items, { continueOnFail: true }));
  assert.equal(output.length, 50);
  output.forEach(({ json, pairedItem }: INodeExecutionData, at) => {
    const { kind, message } = json.error as { kind: string; message: string };
    assert.deepEqual(pairedItem, { item: at });
    assert.equal(kind, at % 2 ? 'unavailable' : 'invalid_input');
    if (at % 2 === 0) assert.ok(message.includes(`x${at}`), 'it is the error of this item');
  });
});

test('no items give none', async () => {
  assert.deepEqual(await new JustClick().execute.call(n8n([])), [[]]);
});

test("the credential's test tells what is wrong, and not the key", async () => {
  const { justClickApiTest } = new JustClick().methods.credentialTest;
  assert.ok(justClickApiTest);
  const data = { id: '1', name: 'shop', type: 'justClickApi', data: CREDENTIAL };
  const { status, message } = await justClickApiTest.call({} as ICredentialTestFunctions, data);
  assert.equal(status, 'Error');
  assert.match(message, /^No connection to/);
  assert.ok(!message.includes(KEY));
});

test('it has the names that stored workflows know it by', () => {
  const { name, displayName, credentials } = new JustClick().description;
  assert.deepEqual([name, displayName, credentials?.[0]?.name], ['justClick', 'JustClick', 'justClickApi']);
  const manifest = load('./package/package.json') as { name: string; n8n: { nodes: string[]; credentials: string[] } };
  assert.equal(manifest.name, 'n8n-nodes-justclick');
  const files = ['JustClick', 'JustClickTrigger', 'JustClickPollingTrigger'];
  assert.deepEqual(
    manifest.n8n.nodes,
    files.map((name) => `dist/nodes/JustClick/${name}.node.js`),
  );
  assert.deepEqual(manifest.n8n.credentials, ['dist/credentials/JustClickApi.credentials.js']);
});

test('an action of a workflow that the package no longer has is refused by name', async () => {
  const error = await failed(n8n([{ operation: 'book_courier' }]));
  assert.equal(error.message, 'There is no action "book_courier".');
});

test('a batch has as many items as a number from 1 to 1000 says', async () => {
  const batching = (batchSize: unknown, batchInterval: unknown = 0) => ({
    maxRetryWait: 0,
    batching: { batch: { batchSize, batchInterval } },
  });
  for (const size of [0, -1, 1.5, 1001, 'many']) {
    const error = await failed(n8n([CANCEL], { options: batching(size) }));
    assert.equal(error.message, 'Items per Batch must be a whole number from 1 to 1000.');
  }
  const error = await failed(n8n([CANCEL], { options: batching(1, -1) }));
  assert.equal(error.message, 'Batch Interval must be a number of milliseconds, 0 or more.');
  const [output = []] = await new JustClick().execute.call(
    n8n([CANCEL, CANCEL], { continueOnFail: true, options: batching('2') }),
  );
  assert.equal(output.length, 2);
});
