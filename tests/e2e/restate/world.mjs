// The service, the replicas of plugin-host and the Restate cluster, and how to talk to them.

import { randomBytes } from 'node:crypto';
import { writeFileSync } from 'node:fs';
import { connect } from 'node:http2';
import { join } from 'node:path';
import { check } from '../checks.mjs';
import { Cluster, identity } from './cluster.mjs';
import { start, until } from '../processes.mjs';
import { Replicas } from './replicas.mjs';

const REPLICAS = 3;
// Long enough that a replica is often killed between a change and its record.
const SLOW_MS = 250;

export class World {
  /** The secret that must not be seen anywhere. */
  key = randomBytes(20).toString('hex');
  /** Requests to Restate that had no answer, and were made again. */
  unanswered = 0;

  /** Starts everything, with these orders. */
  static async start({ folder, restate, pluginHost, sandbox, bundle, login }, orders) {
    const world = new World();
    world.folder = folder;
    writeFileSync(join(folder, 'orders.json'), JSON.stringify({ orders: orders.map((bill_id) => ({ bill_id })) }));
    const args = ['--orders', join(folder, 'orders.json'), '--slow-ms', String(SLOW_MS), '--login', login];
    const service = start(sandbox, args, { SANDBOX_API_KEY: world.key }, join(folder, 'sandbox.log'));
    [world.service] = await service.printed(/http:\/\/127\.0\.0\.1:\d+/);

    const connections = join(folder, 'connections.toml');
    const berlin = { login, api_key: 'env:BERLIN_KEY', base_url: world.service };
    const lines = Object.entries(berlin).map(([key, value]) => `${key} = ${JSON.stringify(value)}\n`);
    writeFileSync(connections, `[berlin]\n${lines.join('')}`);
    const { file, publicKey } = identity(folder);
    const env = { BERLIN_KEY: world.key, PLUGIN_BUNDLE: join(bundle, 'extism.json'), HOME: folder };
    const options = ['--connections', connections, '--identity-key', publicKey];
    world.replicas = await Replicas.start(REPLICAS, pluginHost, env, folder, options);
    world.cluster = await Cluster.start(restate, folder, file);
    return world;
  }

  /** The sandbox's own face: GET, or PUT of what is to change. */
  async ask(path, change) {
    const request = change === undefined ? {} : { method: 'PUT', body: JSON.stringify(change) };
    const answer = await fetch(this.service + path, { ...request, signal: AbortSignal.timeout(30_000) });
    check(answer.ok, `the sandbox answers ${answer.status} to ${path}`);
    return answer.json();
  }

  misbehave(misbehaviour) {
    return this.ask('/misbehaviour', { misbehaviour });
  }

  async requests() {
    return (await this.ask('/requests')).count;
  }

  /** One update through a Restate node; `how` is nothing, or "/send" for a receipt alone. */
  async update(order, input, { node = this.cluster.alive[0], idempotencyKey, how = '' } = {}) {
    const headers = { 'content-type': 'application/json', ...(idempotencyKey && { 'idempotency-key': idempotencyKey }) };
    const url = `${node.ingress}/justclick/berlin:${order}/update_order_status${how}`;
    const request = { method: 'POST', headers, body: JSON.stringify(input), signal: AbortSignal.timeout(60_000) };
    const answer = await fetch(url, request);
    return { status: answer.status, body: await answer.json() };
  }

  /** The code of an invocation that fails, and the error document in its message. */
  async refusal(order, input) {
    const { status, body } = await this.update(order, input);
    check(body.source === 'invocation', `not the failure of an invocation: ${JSON.stringify(body)}`);
    return { status, document: JSON.parse(body.message) };
  }

  /** The same update again, through any node, until there is an answer: by its idempotency key it is one. */
  persist(order, input, idempotencyKey, how) {
    return until(`an answer for order ${order}`, 120, async () => {
      const nodes = this.cluster.alive;
      const node = nodes[Math.floor(Math.random() * nodes.length)];
      const lost = (error) => ({ status: 0, body: error });
      const { status, body } = await this.update(order, input, { node, idempotencyKey, how }).catch(lost);
      if (status === 200 || status === 202 || body.source === 'invocation') return body;
      this.unanswered += 1;
      throw new Error(`${status} ${body.message}`);
    }, 300);
  }
}

/** The status of a GET over HTTP/2 without TLS, which fetch does not speak. */
export async function statusOverHttp2(origin, path) {
  const session = connect(origin);
  try {
    return await new Promise((done, failed) => {
      session.once('error', failed);
      const stream = session.request({ ':path': path });
      stream.once('error', failed).once('response', (headers) => done(headers[':status'])).resume().end();
    });
  } finally {
    session.destroy();
  }
}
