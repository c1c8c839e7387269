/** The one plugin of this process, for all executions: it keeps the order of their changes. */

import { sha256, wasm } from 'plugin:bundle';
import { sleepWithAbort } from 'n8n-workflow';
import { loadPlugin, type Plugin } from 'plugin-engine';

let loaded: Promise<Plugin> | undefined;

/** n8n's own timer fails where it is ended. */
export const pause = (ms: number, signal: AbortSignal) => sleepWithAbort(ms, signal).catch(() => {});

/** Loaded when it is first needed. It keeps no process alive. */
export function sharedPlugin(): Promise<Plugin> {
  loaded ??= loadPlugin({ wasm, sha256, sleep: pause }).catch((error: unknown) => {
    // The next execution tries again.
    loaded = undefined;
    throw error;
  });
  return loaded;
}
