// Makes the integration of a plugin, a folder that Zapier's command line takes. `node build.mjs [BUNDLE [FOLDER]]`;
// without, the bundle of dist/ becomes dist/ here.

import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder } from '../js/build/bundle.mjs';
import { makePackage, makerScript } from '../js/build/maker.mjs';
import { fromCommandLine } from '../js/build/output.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** How the integration is built, whether the plugin is inside or beside it. */
const INTEGRATION = {
  external: ['zapier-platform-core'],
  // Zapier takes what the module exports for the integration itself.
  footer: { js: 'module.exports = module.exports.default;' },
};

let script;

/** What makes integrations, with the shell in it. */
export function maker() {
  script ??= makerScript(at('maker.mjs'), {
    integration: { entryPoints: { index: at('src/index.ts') }, ...INTEGRATION },
  });
  return script;
}

/** Makes it in a folder; `plugin` is the folder of the bundle that goes into it. */
export async function build(folder, plugin = bundleFolder()) {
  await makePackage(maker(), plugin, folder);
}

/** The integration alone, as one file with the plugin inside. */
export function buildIntegration(outfile, plugin) {
  return bundle({ bundle: { folder: plugin }, entryPoints: [at('src/index.ts')], outfile, ...INTEGRATION });
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(at('dist'));
  await build(folder, plugin);
}
