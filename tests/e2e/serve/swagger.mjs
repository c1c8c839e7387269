// The OpenAPI document of a server in Swagger UI, as people read it, and call it.

import { readFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { inBrowser, pictured, spanned } from '../browser.mjs';
import { same } from '../checks.mjs';
import { installed } from '../packages.mjs';

const VERSION = '5.35.0';
const PICTURE = 'docs/platforms/pictures/http.png';
const TYPES = { css: 'text/css', js: 'text/javascript' };
const PAGE = `<!doctype html><meta charset="utf-8"><link rel="stylesheet" href="/swagger-ui.css">
<body style="margin:0"><div id="ui"></div><script src="/swagger-ui-bundle.js"></script>
<script>SwaggerUIBundle({ url: '/openapi.json', dom_id: '#ui', docExpansion: 'none', defaultModelsExpandDepth: -1 })</script>`;

/** Opens the document of the server at `base`, and calls an action with its example. */
export async function inSwaggerUi(work, base) {
  const pages = await beside(join(installed(work, 'swagger', [`swagger-ui-dist@${VERSION}`]), 'swagger-ui-dist'), base);
  try {
    await inBrowser(work, [880, 900], async (page) => {
      await page.goto(pages.url);
      await page.locator('.opblock-tag', { hasText: 'JustClick' }).click();
      const operation = page.locator('.opblock', { hasText: 'update_order_status' });
      await operation.locator('.opblock-summary-control').click();
      await operation.getByRole('button', { name: 'Try it out' }).click();
      const example = JSON.parse(await operation.locator('textarea').inputValue());
      same([example.bill_id, example.status], ['100000', 'sent'], 'the example that is filled in');
      const execute = operation.getByRole('button', { name: 'Execute' });
      await pictured(page, work, PICTURE, await spanned(operation, execute));
      await execute.click();
      const answer = operation.locator('.live-responses-table .highlight-code').first();
      await answer.getByText('order status changed').waitFor();
    });
  } finally {
    pages.close();
  }
}

/** A server with Swagger UI, from which all else is the server's at `base`: browsers ask one origin. */
async function beside(folder, base) {
  const server = createServer(async (request, response) => {
    const [, file, type] = /^\/(swagger-ui(?:-bundle)?\.(css|js))$/.exec(request.url) ?? [];
    if (request.url === '/') return response.setHeader('content-type', 'text/html').end(PAGE);
    if (file) return response.setHeader('content-type', TYPES[type]).end(readFileSync(join(folder, file)));
    const parts = [];
    for await (const part of request) parts.push(part);
    const { 'content-type': kind, accept } = request.headers;
    const headers = { ...(kind && { 'content-type': kind }), ...(accept && { accept }) };
    const body = parts.length ? Buffer.concat(parts) : undefined;
    const answer = await fetch(base + request.url, { method: request.method, headers, body });
    response.writeHead(answer.status, { 'content-type': answer.headers.get('content-type') ?? 'text/plain' });
    return response.end(await answer.text());
  });
  await new Promise((done) => server.listen(0, '127.0.0.1', done));
  return { url: `http://127.0.0.1:${server.address().port}/`, close: () => server.close() };
}
