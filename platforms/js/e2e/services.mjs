// The sandbox as a page of another origin may call it, and services that are bad ones.

import { createServer, request } from 'node:http';

const CORS = { 'access-control-allow-origin': '*', 'access-control-allow-headers': '*' };

/** Their addresses; `close` ends them. */
export async function startServices(sandbox) {
  const servers = [];
  const start = async (answer) => {
    const server = createServer((asked, response) => {
      if (asked.method === 'OPTIONS') response.writeHead(204, CORS).end();
      else answer(asked, response);
    });
    servers.push(server);
    await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${server.address().port}`;
  };
  const nobody = await start(() => {});
  servers.pop().close();
  return {
    nobody,
    shop: await start((asked, response) => forward(sandbox, asked, response)),
    silent: await start(() => {}),
    moved: await start((_, response) =>
      response.writeHead(302, { ...CORS, location: 'https://www.shop.example' }).end(),
    ),
    huge: await start((_, response) => response.writeHead(200, CORS).end(' '.repeat(5 * 1024 * 1024))),
    close() {
      for (const server of servers) {
        server.closeAllConnections();
        server.close();
      }
    },
  };
}

function forward(sandbox, asked, response) {
  const { method, url, headers } = asked;
  const there = request(new URL(url, sandbox), { method, headers: { ...headers, host: new URL(sandbox).host } });
  there.on('response', (answer) => {
    response.writeHead(answer.statusCode, { ...answer.headers, ...CORS });
    answer.pipe(response);
  });
  there.on('error', () => response.destroy());
  asked.pipe(there);
}
