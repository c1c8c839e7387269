// Extism's own SDK as it comes. HTTP needs a worker there, and an instance makes one call at a time: so there is one for
// each call in flight.

import createPlugin, { type Plugin } from '@extism/extism';
import { wasm } from 'plugin:bundle';
import type { Call } from './contender';
import { API_KEY, LOGIN, ORDER } from './sample';

export async function stock(baseUrl: string, inFlight: number): Promise<Call> {
  const module = await WebAssembly.compile(wasm as Uint8Array<ArrayBuffer>);
  const options = {
    runInWorker: true,
    allowedHosts: [new URL(baseUrl).hostname],
    config: { login: LOGIN, api_key: API_KEY, base_url: baseUrl },
  };
  const idle: Plugin[] = [];
  for (let made = 0; made < inFlight; made += 1) idle.push(await createPlugin(module, options));
  const input = JSON.stringify(ORDER);
  return async () => {
    const plugin = idle.pop()!;
    // What fails ends the run.
    const output = await plugin.call('update_order_status', input);
    idle.push(plugin);
    if (!output) throw new Error('the plugin gave nothing');
    return output.json();
  };
}
