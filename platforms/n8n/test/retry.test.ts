// Items that wait for the service, in the built node against a server of this process.

import assert from 'node:assert/strict';
import { createRequire } from 'node:module';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo } from 'node:net';
import { test, type TestContext } from 'node:test';
import type { IExecuteFunctions, INode, INodeExecutionData } from 'n8n-workflow';
import type { nodeClass } from '../nodes/node';

const { JustClick } = createRequire(__filename)('./package/dist/nodes/JustClick/JustClick.node.js') as {
  JustClick: ReturnType<typeof nodeClass>;
};

/** A service that answers each change by its order and its number so far, and knows no orders; what was asked, in order. */
async function service(t: TestContext, answer: (order: string, time: number) => [number, Record<string, string>]) {
  const asked: { order: string; status: string; at: number }[] = [];
  const server = createServer(async (request: IncomingMessage, response) => {
    // A call whose effect is not known is looked up.
    if (request.url?.endsWith('/getOrderDetails')) return void response.writeHead(404).end('x');
    let body = '';
    for await (const chunk of request) body += chunk;
    const form = new URLSearchParams(body);
    const [order, status] = [form.get('bill_id') ?? '', form.get('status') ?? ''];
    asked.push({ order, status, at: Date.now() });
    const times = asked.filter((other) => other.order === order && other.status === status).length;
    const [code, headers] = answer(order, times);
    response.writeHead(code, headers).end('x');
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, baseUrl: `http://127.0.0.1:${(server.address() as AddressInfo).port}` };
}

type Parameters = Record<string, unknown>;

function run(baseUrl: string, parameters: Parameters[], options: Record<string, unknown>) {
  const functions = {
    getInputData: () => parameters.map((json) => ({ json })),
    getCredentials: async () => ({ login: 'username', apiKey: 'k'.repeat(40), baseUrl, allowHttp: false }),
    getTimezone: () => 'Europe/Moscow',
    getExecutionCancelSignal: () => undefined,
    getNodeParameter: (name: string, item: number, fallback: unknown) =>
      name === 'options' ? options : (parameters[item]?.[name] ?? fallback),
    getNode: () => ({ name: 'JustClick', type: 'justClick' }) as INode,
    continueOnFail: () => true,
  };
  return new JustClick().execute.call(functions as unknown as IExecuteFunctions).then(([output = []]) => output);
}

const update = (billId: string, status = 'cancel') => ({ operation: 'update_order_status', billId, status });
const kinds = (output: INodeExecutionData[]) => output.map(({ json }) => (json.error as { kind: string }).kind);

test('only the item that failed is sent again, as late as the service asks, and the others once', async (t) => {
  // Whatever has an answer is no success here: nothing is signed. So a 404 stands for what is done.
  const { asked, baseUrl } = await service(t, (order, times) =>
    order === '3' && times === 1 ? [429, { 'retry-after': '1' }] : [404, {}],
  );
  const items = ['1', '2', '3', '4', '5'].map((number) => update(number));
  const output = await run(baseUrl, items, {});
  assert.deepEqual(kinds(output), Array(5).fill('unexpected_reply'));
  const times = items.map(({ billId }) => asked.filter(({ order }) => order === billId).length);
  assert.deepEqual(times, [1, 1, 2, 1, 1]);
  const [first, second] = asked.filter(({ order }) => order === '3');
  assert.ok(second!.at - first!.at >= 1000, `${second!.at - first!.at} ms`);
});

test('a later change of the same order waits for the repeat, and is not overtaken by it', async (t) => {
  const { asked, baseUrl } = await service(t, (_, times) => (times === 1 ? [503, { 'retry-after': '1' }] : [404, {}]));
  await run(baseUrl, [update('7', 'return'), update('007', 'cancel')], {});
  assert.deepEqual(
    asked.map(({ order, status }) => `${order.replace(/^0+/, '')} ${status}`),
    ['7 return', '7 return', '7 cancel', '7 cancel'],
  );
});

test('nobody waits for longer than the option says, and then every item is sent once and told', async (t) => {
  const { asked, baseUrl } = await service(t, () => [429, { 'retry-after': '100' }]);
  const begun = Date.now();
  const output = await run(
    baseUrl,
    Array.from({ length: 20 }, (_, at) => update(String(at + 1))),
    { maxRetryWait: 2 },
  );
  assert.ok(Date.now() - begun < 10_000);
  assert.deepEqual(kinds(output), Array(20).fill('throttled'));
  assert.equal(asked.length, 20);
});

test('with 0 nothing is repeated', async (t) => {
  const { asked, baseUrl } = await service(t, () => [503, {}]);
  await run(baseUrl, [update('1')], { maxRetryWait: 0 });
  assert.equal(asked.length, 1);
});

test('as many items are under way as a batch has, and eight where nothing is said', async (t) => {
  let now = 0;
  let most = 0;
  const server = createServer((_, response) => {
    most = Math.max(most, (now += 1));
    setTimeout(() => {
      now -= 1;
      response.writeHead(404).end('x');
    }, 100);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => server.close());
  const baseUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const items = Array.from({ length: 60 }, (_, at) => update(String(at + 1)));
  await run(baseUrl, items, { batching: { batch: { batchSize: 20 } } });
  assert.equal(most, 20);
  most = 0;
  await run(baseUrl, items, {});
  assert.equal(most, 8);
});
