/** Runs a plugin of docs/contract.md in Node.js. */

import { env } from 'node:process';
import { ALLOW_PRIVATE, PrivateAccess } from './http/access';
import { NodeClient } from './http/node';
import { load } from './plugin';
import type { Plugin, Settings } from './settings';

export * from './common';

export interface NodeSettings extends Settings {
  /**
   * Whether connections to the service are kept for the next call: they are not unless told otherwise. A server may
   * close a kept one just as the next request goes out, and then nobody knows whether it was seen.
   */
  keepAlive?: boolean;
}

/** Fails with an `Error` that says what to do. */
export function loadPlugin(settings: NodeSettings): Promise<Plugin> {
  return load(settings, settings.client ?? nodeClient(settings));
}

function nodeClient({ allowPrivate, keepAlive = false }: NodeSettings): NodeClient {
  const access = new PrivateAccess(allowPrivate ?? env[ALLOW_PRIVATE] ?? '');
  return new NodeClient({ access, environment: env, keepAlive });
}
