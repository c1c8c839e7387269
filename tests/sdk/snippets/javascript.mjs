import { readFile } from 'node:fs/promises';
import { createPlugin } from '@extism/extism';

const { JUSTCLICK_LOGIN: login, JUSTCLICK_API_KEY: api_key, JUSTCLICK_BASE_URL: base_url } = process.env;
const manifest = JSON.parse(await readFile('dist/extism.json', 'utf8'));
manifest.wasm[0].path = 'dist/justclick.wasm';
// Has a deadline, follows no redirect and never throws: after that, the SDK's next call would hang.
const safeFetch = (url, request) => fetch(url, { ...request, redirect: 'manual', signal: AbortSignal.timeout(30_000) })
  .then(async (response) => new Response(await response.arrayBuffer(), response)).catch(() => Response.error());
const options = { config: { login, api_key, base_url }, allowedHosts: [new URL(base_url).hostname] };
const plugin = await createPlugin(manifest, { ...options, runInWorker: true, fetch: safeFetch });
const order = { bill_id: '100000', status: 'sent', date: 1362254400, rpo: '10000000000000' };
await plugin.call('update_order_status', JSON.stringify(order)).then((output) => console.log(output.text()), (error) => {
  console.error(JSON.parse(error.message.replace('Plugin-originated error: ', '')).message);
  process.exitCode = 1;
}).finally(() => plugin.close());
