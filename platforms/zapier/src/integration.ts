/** The whole integration, made from a plugin's description. */

import zapier, { type App, type Create, type Search, type Trigger } from 'zapier-platform-core';
import { isRead, type Action, type Description } from 'plugin-engine/forms';
import { authentication } from './authentication';
import { choices } from './choices';
import { create } from './create';
import { search } from './search';
import type { UsePlugin } from './session';

export type Integration = App<Record<string, Trigger>, Record<string, Create>, Record<string, Search>>;

export function integration(description: Description, usePlugin: UsePlugin) {
  const { actions } = description;
  const made = <T>(make: (action: Action, description: Description, usePlugin: UsePlugin) => T, isTaken: boolean) =>
    Object.fromEntries(
      actions
        .filter((action) => isRead(action) === isTaken)
        .map((action) => [action.name, make(action, description, usePlugin)] as const),
    );
  return {
    version: description.version,
    platformVersion: zapier.version,
    authentication: authentication(description, usePlugin),
    // Each is the list of a field's choices: people see none of them.
    triggers: choices(description, usePlugin),
    searches: made(search, true),
    creates: made(create, false),
    flags: {
      // The plugin knows itself what an empty field means.
      cleanInputData: false,
      // For its log of all HTTP, Zapier would read each reply whole, before its size can be limited. Failures are
      // logged with what the service answered.
      skipHttpPatch: true,
    },
  };
}
