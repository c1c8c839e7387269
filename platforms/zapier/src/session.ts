/** A plugin for a step: nothing of it outlives the step. */

import type { Plugin } from 'plugin-engine';

/** Lends a plugin to one step. */
export type UsePlugin = <T>(use: (plugin: Plugin) => Promise<T>) => Promise<T>;

/**
 * A plugin for each step, closed after it, which costs some hundredths of a second. Zapier freezes the process between two
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
