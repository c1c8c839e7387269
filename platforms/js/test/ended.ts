// Closes in the middle of calls, at any moment of them.

import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';
import { ACTION, connection } from './support';

void (async () => {
  for (let round = 0; round < 40; round += 1) {
    const plugin = await loadPlugin({ wasm, sha256 });
    await plugin.checkConnection(connection());
    const call = plugin.call(ACTION, { bill_id: '703', status: 'cancel' }, connection()).catch(() => {});
    const until = performance.now() + round / 16;
    while (performance.now() < until) await new Promise(setImmediate);
    await plugin.close();
    await call;
  }
  console.log('done');
})();
