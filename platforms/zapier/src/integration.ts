/** The whole integration, made from a plugin's description. */

import zapier, { type App, type Create } from 'zapier-platform-core';
import type { Description } from '@justclick/plugin/forms';
import packageJson from '../package.json';
import { authentication } from './authentication';
import { create } from './create';
import type { UsePlugin } from './session';

export function integration(description: Description, usePlugin: UsePlugin): App<undefined, Record<string, Create>> {
  return {
    version: packageJson.version,
    platformVersion: zapier.version,
    authentication: authentication(description, usePlugin),
    creates: Object.fromEntries(
      description.actions.map((action) => [action.name, create(action, description, usePlugin)]),
    ),
    flags: {
      // The plugin knows itself what an empty field means.
      cleanInputData: false,
      // For its log of all HTTP, Zapier would read each reply whole, before its size can be limited. Failures are
      // logged with what the service answered.
      skipHttpPatch: true,
    },
  };
}
