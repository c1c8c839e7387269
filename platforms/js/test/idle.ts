// Calls, and closes nothing.

import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';
import { connection } from './support';

void (async () => {
  const plugin = await loadPlugin({ wasm, sha256 });
  await plugin.checkConnection(connection());
  console.log('done');
})();
