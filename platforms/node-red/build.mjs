// Makes the package of a plugin. `node build.mjs [BUNDLE [FOLDER]]`; without, the bundle of dist/ becomes dist/ here.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleFolder } from '../js/build/bundle.mjs';
import { makePackage, makerScript } from '../js/build/maker.mjs';
import { fromCommandLine } from '../js/build/output.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

let script;

/** What makes packages, with the shell in it: the nodes, and what the editor runs. */
export function maker() {
  script ??= makerScript(at('maker.mjs'), {
    nodes: {
      entryPoints: { shell: at('src/nodes.ts') },
      // Node-RED takes what a file exports for the function itself.
      footer: { js: 'module.exports = module.exports.default;' },
    },
    editor: {
      entryPoints: { editor: at('src/editor.ts') },
      platform: 'browser',
      format: 'iife',
      target: 'es2020',
      legalComments: 'none',
    },
  });
  return script;
}

/** Makes the package in a folder; `plugin` is the folder of the bundle that goes into it. */
export async function build(folder, plugin = bundleFolder()) {
  rmSync(folder, { recursive: true, force: true });
  await makePackage(maker(), plugin, folder);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(at('dist'));
  await build(folder, plugin);
}
