// Makes the package of a plugin. `node build.mjs [BUNDLE [FOLDER]]`; without, the bundle of dist/ becomes dist/ here.

import { rmSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { bundleFolder } from '../js/build/bundle.mjs';
import { makePackage, makerScript } from '../js/build/maker.mjs';
import { fromCommandLine } from '../js/build/output.mjs';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

let script;

/** What makes packages, with the shell in it: what all the classes come from. They are in one process, and so share it. */
export function maker() {
  script ??= makerScript(at('maker.mjs'), {
    nodes: { entryPoints: { shell: at('nodes/index.ts') }, external: ['n8n-workflow'] },
  });
  return script;
}

/** Makes the package in a folder; `plugin` is the folder of the bundle that goes into it. Gives its names. */
export async function build(folder, plugin = bundleFolder()) {
  rmSync(folder, { recursive: true, force: true });
  return (await makePackage(maker(), plugin, folder)).names;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(at('dist'));
  await build(folder, plugin);
}
