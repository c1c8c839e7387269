/** The one plugin of this process, for all executions: it keeps the order of their changes. */

import { sha256, wasm } from 'plugin:bundle';
import { loadPlugin, type Plugin } from 'plugin-engine';

let loaded: Promise<Plugin> | undefined;

/** Loaded when it is first needed. It keeps no process alive. */
export function sharedPlugin(): Promise<Plugin> {
  loaded ??= loadPlugin({ wasm, sha256 }).catch((error: unknown) => {
    // The next execution tries again.
    loaded = undefined;
    throw error;
  });
  return loaded;
}
