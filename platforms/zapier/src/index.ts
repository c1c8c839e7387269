/** What Zapier loads. */

import { description, sha256, wasm } from 'plugin:bundle';
import { loadPlugin } from 'plugin-engine';
import { integration } from './integration';
import { onePerStep } from './session';

/** Zapier ends a step after 30 seconds, its own work included. */
const TIMEOUT_MS = 25_000;

/*
 * No connection is kept: a socket that is kept while Zapier freezes the process is dead by then, and a request that
 * fails on it could not be told from one that the service has seen.
 *
 * HTTP does not go through `z.request`, which does not say whether a request that failed had left; README.md has the rest.
 */

export default integration(
  description,
  onePerStep(() => loadPlugin({ wasm, sha256, timeoutMs: TIMEOUT_MS, keepAlive: false })),
);
