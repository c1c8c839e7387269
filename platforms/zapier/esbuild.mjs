// How the integration becomes one file, with the plugin inside.

import { fileURLToPath } from 'node:url';
import { bundle } from '../js/build/bundle.mjs';

/** Builds the integration as `outfile`; `description` takes the place of the plugin's own, for tests. */
export function buildIntegration(outfile, description) {
  return bundle({
    bundle: { description },
    entryPoints: [fileURLToPath(new URL('src/index.ts', import.meta.url))],
    outfile: fileURLToPath(outfile),
    external: ['zapier-platform-core'],
    // Zapier takes what the module exports for the integration itself.
    footer: { js: 'module.exports = module.exports.default;' },
  });
}
