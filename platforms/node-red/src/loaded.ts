/** The plugin, loaded once for all nodes of the package, and what the nodes know of it. */

import { description, sha256, wasm } from 'plugin:bundle';
import { loadPlugin, type Plugin } from 'plugin-engine';
import { formOf } from './form';

export { description };

export const FORM = formOf(description);

/** From the first call on. It keeps no process alive. */
let plugin: Promise<Plugin> | null = null;

export function loaded(): Promise<Plugin> {
  plugin ??= loadPlugin({ wasm, sha256 }).catch((error: unknown) => {
    plugin = null;
    throw error;
  });
  return plugin;
}
