/** A plugin for a step, and its HTTP: nothing of either outlives the step. */

import type { Plugin } from '@justclick/plugin';

/** Lends a plugin to one step. */
export type UsePlugin = <T>(use: (plugin: Plugin) => Promise<T>) => Promise<T>;

/**
 * A plugin for each step, closed after it, which costs a tenth of a second. Zapier freezes the process between two
 * steps and may thaw it much later, for another customer: nobody's connection must be left in it.
 */
export function onePerStep(load: () => Promise<Plugin>): UsePlugin {
  return async (use) => {
    const plugin = await load();
    try {
      return await use(plugin);
    } finally {
      await plugin.close();
    }
  };
}

/**
 * `fetch` without keep-alive. A socket that is kept over such a pause is dead by then, and a request that fails on it
 * could not be told from one that the service has seen.
 *
 * It is not `z.request`, which belongs to one step, decodes a reply whose bytes are signed, reads it whole before its
 * size can be limited, and answers some statuses itself.
 */
export const onFreshConnection: typeof fetch = (url, request) => {
  const headers = new Headers(request?.headers);
  headers.set('connection', 'close');
  return fetch(url, { ...request, headers });
};
