// The JustClick stand-in, and a way to it that can be cut.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { connect, createServer } from 'node:net';
import { variable } from './support.mjs';

export const SANDBOX = variable('SANDBOX_URL');
export const KEY = variable('SANDBOX_KEY');
export const LOGIN = variable('SANDBOX_LOGIN');

/** GET, or PUT of what is to change. */
export async function ask(path, change, method = 'PUT') {
  const put = { method, body: JSON.stringify(change) };
  const answer = await fetch(SANDBOX + path, change === undefined ? {} : put);
  assert.ok(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
  return answer.json();
}

export const order = (id) => ask(`/orders/${id}`);

/** An order to which nothing has happened yet, but for its `changes`. */
export const newOrder = (id) => ask(`/orders/${id}`, { status: 'new', date: null, rpo: null });

/** An order of somebody, made some time ago. */
export function boughtBy(id, email) {
  const created = Math.floor(Date.now() / 1000) - 3600;
  const items = [{ good_name: 'invoice', sum: '1500.00' }];
  return ask(`/orders/${id}`, { status: 'new', date: null, rpo: null, data: { email, created, items } });
}

/** Something happens to an order: the notifications of it, which are kept back unless they go to addresses. */
export async function happens(event, id) {
  return (await ask('/control/events', { event, bill_id: id }, 'POST')).deliveries;
}

/** Sends a notification, altered or not; what each was answered. */
export async function send(delivery, altered = {}) {
  const { attempts } = await ask(`/control/deliveries/${delivery}`, altered, 'POST');
  return attempts.slice(-(altered.times ?? 1)).map(({ status, reply }) => ({ status, reply }));
}

/** Many of them. */
export async function newOrders(ids) {
  const queue = [...ids];
  const worker = async () => {
    for (let id = queue.pop(); id !== undefined; id = queue.pop()) await newOrder(id);
  };
  await Promise.all(Array.from({ length: 16 }, worker));
}

/** An address of the sandbox that can be dead for a while. */
export class Line {
  #sockets = new Set();
  #server = createServer((socket) => this.#accept(socket));
  #silent = false;

  static async open() {
    const line = new Line();
    await line.#listen(0);
    line.port = line.#server.address().port;
    line.url = `http://127.0.0.1:${line.port}`;
    return line;
  }

  /** While `during` goes on, connections are refused, or accepted without an answer. */
  async dead(how, during) {
    this.#drop();
    if (how === 'silent') this.#silent = true;
    else await this.close();
    try {
      return await during();
    } finally {
      this.#drop();
      this.#silent = false;
      if (how !== 'silent') await this.#listen(this.port);
    }
  }

  async close() {
    this.#drop();
    this.#server.close();
    await once(this.#server, 'close');
  }

  async #listen(port) {
    this.#server.listen(port, '127.0.0.1');
    await once(this.#server, 'listening');
  }

  #accept(socket) {
    this.#hold(socket);
    if (this.#silent) return;
    const { hostname, port } = new URL(SANDBOX);
    const other = this.#hold(connect(Number(port), hostname));
    socket.pipe(other).pipe(socket);
    socket.on('close', () => other.destroy());
    other.on('close', () => socket.destroy());
  }

  #hold(socket) {
    this.#sockets.add(socket);
    return socket.on('error', () => {}).on('close', () => this.#sockets.delete(socket));
  }

  #drop() {
    for (const socket of this.#sockets) socket.destroy();
  }
}
