// Ports for programs that have to be told one.

import { createServer } from 'node:net';

/** Ports of this machine on which nobody listens, all of them different. */
export async function freePorts(count) {
  const listening = () =>
    new Promise((done) => {
      const server = createServer().listen(0, '127.0.0.1', () => done(server));
    });
  const servers = await Promise.all(Array.from({ length: count }, listening));
  const ports = servers.map((server) => server.address().port);
  await Promise.all(servers.map((server) => new Promise((done) => server.close(done))));
  return ports;
}
