/** Runs a plugin of docs/contract.md wherever there is `fetch`: in Deno, Bun, browsers and edge workers. */

import { PrivateAccess } from './http/access';
import { FetchClient } from './http/fetch';
import { load } from './plugin';
import type { Plugin, Settings } from './settings';

export * from './common';

/** Fails with an `Error` that says what to do. */
export function loadPlugin(settings: Settings): Promise<Plugin> {
  return load(settings, settings.client ?? new FetchClient(new PrivateAccess(settings.allowPrivate ?? '')));
}
