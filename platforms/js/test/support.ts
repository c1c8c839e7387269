import assert from 'node:assert/strict';
import { createServer, type Socket } from 'node:net';
import type { AddressInfo } from 'node:net';
import type { TestContext } from 'node:test';
import { sha256, wasm } from 'plugin:bundle';
import { ActionError, loadPlugin, type Plugin, type Settings } from 'plugin-engine';

export const SANDBOX = process.env.SANDBOX_URL ?? '';
export const KEY = process.env.SANDBOX_KEY ?? '';
export const ACTION = 'update_order_status';

export function connection(baseUrl = SANDBOX) {
  return { login: process.env.SANDBOX_LOGIN ?? '', api_key: KEY, base_url: baseUrl };
}

/** The plugin, until the test ends. */
export async function load(t: TestContext, settings: Partial<Settings> = {}): Promise<Plugin> {
  const plugin = await loadPlugin({ wasm, sha256, ...settings });
  t.after(() => plugin.close());
  return plugin;
}

/** The sandbox's own face: GET, or PUT of what is to change, POST of what is to happen. */
export async function ask(path: string, change?: unknown, method: 'PUT' | 'POST' = 'PUT'): Promise<any> {
  const put = { method, body: JSON.stringify(change) };
  const answer = await fetch(SANDBOX + path, change === undefined ? {} : put);
  assert.ok(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
  return answer.json();
}

/** The error of a call that has to fail, once it is certain that it shows no key. */
export async function failure(call: Promise<unknown>): Promise<ActionError> {
  const error = await call.then(
    (output) => assert.fail(`it succeeded: ${JSON.stringify(output)}`),
    (error: unknown) => error,
  );
  assert.ok(error instanceof ActionError, `not an ActionError: ${error}`);
  const shown = [JSON.stringify(error), String(error.stack), String(error.cause)].join();
  assert.ok(!shown.includes(KEY), 'the API key is in the error');
  return error;
}

/** Kind, retry, effect, and the word for why there was no response. */
export function nature({ kind, retry, effect, upstream }: ActionError): unknown[] {
  return [kind, retry, effect, ...(upstream?.http_status === 0 ? [upstream.error_text] : [])];
}

/** A server that does with each connection what a test wants; its origin. */
export async function serve(t: TestContext, onConnection: (socket: Socket) => void): Promise<string> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket.on('close', () => sockets.delete(socket)).on('error', () => {}));
    onConnection(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  t.after(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

/** An address where nobody listens. */
export async function nobody(): Promise<string> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return `http://127.0.0.1:${port}`;
}

/** A server that says this to every request. */
export function answering(t: TestContext, say: (socket: Socket) => void): Promise<string> {
  return serve(t, (socket) => socket.on('data', () => say(socket)));
}

/** Keeps the process alive until the test ends: a client that only pretends to wait does not, and neither does the engine. */
export function stayAlive(t: TestContext): void {
  const timer = setInterval(() => {}, 1000);
  t.after(() => clearInterval(timer));
}
