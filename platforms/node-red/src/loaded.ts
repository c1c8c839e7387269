/** The plugin, loaded once for all nodes of the package, and what the nodes know of it. */

import { setTimeout } from 'node:timers/promises';
import { description, sha256, wasm } from 'plugin:bundle';
import { loadPlugin, type Plugin } from 'plugin-engine';
import { formOf } from './form';

export { description };

export const FORM = formOf(description);

/** By which the engine keeps the service's limits. It wakes as soon as a call is taken back. */
const sleep = (ms: number, signal: AbortSignal) => setTimeout(ms, undefined, { signal }).catch(() => {});

/** From the first call on. It keeps no process alive. */
let plugin: Promise<Plugin> | null = null;

export function loaded(): Promise<Plugin> {
  plugin ??= loadPlugin({ wasm, sha256, sleep }).catch((error: unknown) => {
    plugin = null;
    throw error;
  });
  return plugin;
}
