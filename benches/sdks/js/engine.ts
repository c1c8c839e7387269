// The engine of platforms/js, as the packages for platforms have it inside.

import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';
import type { Call } from './contender';
import { API_KEY, LOGIN, ORDER } from './sample';

const FIRST_ORDER = 100_000;

export async function engine(baseUrl: string, inFlight: number): Promise<Call> {
  const plugin = await loadPlugin({ wasm, sha256, keepAlive: true, maxAtOnce: inFlight, allowPrivate: baseUrl });
  const connection = { login: LOGIN, api_key: API_KEY, base_url: baseUrl };
  let order = 0;
  // Calls on one order would wait for each other.
  return () => {
    order = (order + 1) % 100_000;
    return plugin.call('update_order_status', { ...ORDER, bill_id: String(FIRST_ORDER + order) }, connection);
  };
}
