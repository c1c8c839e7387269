/** What Zapier loads. */

import { description, sha256, wasm } from 'justclick:bundle';
import { loadPlugin } from '@justclick/plugin';
import { integration } from './integration';
import { onePerStep, onFreshConnection } from './session';

/** Zapier ends a step after 30 seconds, its own work included. */
const TIMEOUT_MS = 25_000;

export default integration(
  description,
  onePerStep(() => loadPlugin({ wasm, sha256, timeoutMs: TIMEOUT_MS, maxInstances: 1, fetch: onFreshConnection })),
);
