/** The whole integration, made from a plugin's description. */

import zapier, { type App, type Create, type Search, type Trigger as ZapierTrigger } from 'zapier-platform-core';
import { isRead, type Action, type Description } from 'plugin-engine/forms';
import { authentication } from './authentication';
import { choices } from './choices';
import { create } from './create';
import { hook } from './hook';
import { isOffered } from './offered';
import { searchOrCreates } from './pairs';
import { poll } from './poll';
import { search } from './search';
import type { UsePlugin } from './session';

export type Integration = App<Record<string, ZapierTrigger>, Record<string, Create>, Record<string, Search>>;

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
    triggers: triggers(description, usePlugin),
    searches: made(search, true),
    creates: made(create, false),
    searchOrCreates: searchOrCreates(description),
    flags: {
      // The plugin knows itself what an empty field means.
      cleanInputData: false,
      // For its log of all HTTP, Zapier would read each reply whole, before its size can be limited. Failures are
      // logged with what the service answered.
      skipHttpPatch: true,
    },
  };
}

/** Those that the plugin has and Zapier can run, and the lists of fields' choices, which people don't see. */
function triggers(description: Description, usePlugin: UsePlugin): Record<string, ZapierTrigger> {
  const offered = (description.triggers ?? []).filter(isOffered);
  const told = offered.map((trigger) => {
    const make = trigger.delivery === 'poll' ? poll : hook;
    return [trigger.name, make(trigger, description, usePlugin)] as const;
  });
  const lists = choices(description, offered, usePlugin);
  const both = offered.find(({ name }) => Object.hasOwn(lists, name));
  if (both) throw new Error(`The trigger "${both.name}" is called as the list of a field's choices is: rename it.`);
  return { ...lists, ...Object.fromEntries(told) };
}
