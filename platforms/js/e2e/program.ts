/** What each runtime does: calls of a good service and of bad ones, and triggers, over `fetch`. */

import { sha256, wasm } from 'plugin:bundle';
import { ActionError, loadPlugin, pollAll, receive, Seen, type Connection, type Plugin } from 'plugin-engine/web';

/** Addresses of services, and the account. */
declare const SETTINGS: Record<'shop' | 'silent' | 'moved' | 'huge' | 'nobody' | 'login' | 'api_key', string>;

/** Of a page. */
declare const document: unknown;

const { login, api_key, ...services } = SETTINGS;
const at = (base_url: string) => ({ login, api_key, base_url });

/** The output; of a failure what matters. */
function told(call: Promise<unknown>): Promise<unknown> {
  return call.catch((error: unknown) => {
    if (!(error instanceof ActionError)) return String(error);
    const { kind, effect, upstream, message } = error;
    const status = upstream?.http_status;
    return { kind, effect, status, ...(status === 0 && { word: upstream?.error_text }), message };
  });
}

/** The orders of the last hour. */
async function polled(plugin: Plugin, connection: Connection): Promise<string[]> {
  const start = Math.floor(Date.now() / 1000) - 3600;
  const { events } = await pollAll(plugin, 'new_order', { start }, connection);
  return events.map(({ id }) => id);
}

const FORGED = {
  method: 'POST',
  headers: new Headers({ 'content-type': 'application/x-www-form-urlencoded' }),
  query: '',
  body: new TextEncoder().encode('id=1&email=a%40email.com&paid=1362340800&hash=0'),
};

async function results(): Promise<Record<string, unknown>> {
  const plugin = await loadPlugin({ wasm, sha256, allowPrivate: '*' });
  const impatient = await loadPlugin({ wasm, sha256, allowPrivate: '*', timeoutMs: 500 });
  const careful = await loadPlugin({ wasm, sha256 });
  const cancel = (bill_id: string, service = services.shop, by = plugin) =>
    told(by.call('update_order_status', { bill_id, status: 'cancel' }, at(service)));
  const orders = Array.from({ length: 64 }, (_, order) => String(900_001 + (order % 32)));
  const found = {
    connection: await told(plugin.checkConnection(at(services.shop))),
    changed: await cancel('900000'),
    unknown: await cancel('999999'),
    atOnce: (await Promise.all(orders.map((order) => cancel(order)))).length,
    silent: await cancel('900000', services.silent, impatient),
    moved: await cancel('900000', services.moved),
    huge: await cancel('900000', services.huge),
    nobody: await cancel('900000', services.nobody),
    private: await cancel('900000', services.shop, careful),
    polled: await told(polled(plugin, at(services.shop))),
    forged: (await receive(plugin, 'order_paid', FORGED, new Seen(), at(services.shop))).response,
  };
  for (const each of [plugin, impatient, careful]) await each.close();
  return found;
}

void results()
  .catch((error: unknown) => ({ failed: String(error) }))
  .then((found) => {
    const text = JSON.stringify(found);
    if (typeof document === 'undefined') console.log(text);
    else return fetch('/results', { method: 'POST', body: text });
  });
