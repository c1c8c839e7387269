// Where a package is written to.

import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundleFolder } from './bundle.mjs';

/** Writes files into a folder: texts, or values that become JSON. */
export function writeFiles(folder, files) {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === 'string' ? content : `${JSON.stringify(content, null, 2)}\n`);
  }
}

/** `node build.mjs [BUNDLE [FOLDER]]`: the bundle, and where the package goes to unless that is `otherwise`. */
export function fromCommandLine(otherwise) {
  const [bundle, folder = otherwise] = process.argv.slice(2);
  return { plugin: bundleFolder(bundle), folder: resolve(folder) };
}
