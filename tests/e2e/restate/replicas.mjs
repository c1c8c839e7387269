// Replicas of plugin-host behind one address, as a load balancer gives it.

import { connect, createServer } from 'node:net';
import { join } from 'node:path';
import { start } from '../processes.mjs';

export class Replicas {
  #command;
  #turn = 0;
  #slots;

  /** Starts as many, and an address in front of them. */
  static async start(count, program, env, folder, args) {
    const replicas = new Replicas();
    replicas.#command = { program, env, folder, args };
    replicas.#slots = await Promise.all(Array.from({ length: count }, (_, index) => replicas.#replica(index)));
    const server = createServer((socket) => replicas.#pass(socket)).listen(0, '127.0.0.1');
    await new Promise((done) => server.once('listening', done));
    server.unref();
    replicas.address = `http://127.0.0.1:${server.address().port}`;
    return replicas;
  }

  /** The address of one of them. */
  get one() {
    return `http://127.0.0.1:${this.#slots[0].port}`;
  }

  get count() {
    return this.#slots.length;
  }

  /** Does something with each, by its number, at the same time. */
  each(act) {
    return Promise.all(this.#slots.map((_, index) => act(index)));
  }

  /** Ends one by a signal and gives its exit code. From then on nothing is sent there. */
  end(index, signal) {
    const { process } = this.#slots[index];
    this.#slots[index].ending = true;
    return process.stop(signal);
  }

  /** Starts one in the place of one that was ended. */
  async restart(index) {
    this.#slots[index] = await this.#replica(index);
  }

  async #replica(index) {
    const { program, env, folder, args } = this.#command;
    const log = join(folder, `replica-${index + 1}.log`);
    const replica = start(program, ['restate', '--listen', '127.0.0.1:0', ...args], env, log);
    const [, port] = await replica.printed(/on http:\/\/127\.0\.0\.1:(\d+)/);
    return { process: replica, port: Number(port), ending: false };
  }

  #pass(socket) {
    const ready = this.#slots.filter((slot) => !slot.ending && !slot.process.gone());
    if (ready.length === 0) return socket.destroy();
    const upstream = connect(ready[this.#turn++ % ready.length].port, '127.0.0.1');
    for (const [from, to] of [[socket, upstream], [upstream, socket]]) {
      from.pipe(to);
      from.on('error', () => to.destroy());
      from.on('close', () => to.destroy());
    }
  }
}
