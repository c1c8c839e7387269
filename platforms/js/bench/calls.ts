// Calls a second, with so many in flight; the processor's time that a call takes here, and the memory that is resident.

import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';

const { SANDBOX_URL: base_url = '', SANDBOX_LOGIN: login = '', SANDBOX_KEY: api_key = '' } = process.env;
const MS = 4000;

async function measure(inFlight: number): Promise<void> {
  const plugin = await loadPlugin({ wasm, sha256, keepAlive: true, maxAtOnce: 64, allowPrivate: '*' });
  let calls = 0;
  const until = async (end: number, order: number) => {
    for (; Date.now() < end; calls += 1) {
      const input = { bill_id: order, status: 'cancel' };
      await plugin.call('update_order_status', input, { login, api_key, base_url });
    }
  };
  const all = (ms: number) => {
    const end = Date.now() + ms;
    return Promise.all(Array.from({ length: inFlight }, (_, at) => until(end, 800_000 + at)));
  };
  await all(1000);
  calls = 0;
  const [begun, before] = [performance.now(), process.cpuUsage()];
  await all(MS);
  const perSecond = Math.round((calls * 1000) / (performance.now() - begun));
  const { user, system } = process.cpuUsage(before);
  const cpu = Math.round((user + system) / calls);
  const resident = Math.round(process.memoryUsage.rss() / 2 ** 20);
  console.log(`${inFlight} in flight: ${perSecond} calls/s, ${cpu} µs of the processor each, ${resident} MiB resident`);
  await plugin.close();
}

void (async () => {
  for (let order = 800_000; order < 800_064; order += 1) {
    await fetch(`${base_url}/orders/${order}`, { method: 'PUT', body: JSON.stringify({ status: 'new' }) });
  }
  for (const inFlight of [1, 8, 64]) await measure(inFlight);
})();
