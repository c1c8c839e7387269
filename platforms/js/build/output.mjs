// Where a package is written to.

import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { bundleFolder } from './bundle.mjs';

/** Writes files into a folder. `shared` are those JSON objects that others write into, too: their members stay. */
export function writeFiles(folder, files, shared = []) {
  for (const [path, content] of Object.entries(files)) {
    const file = join(folder, path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(
      file,
      shared.includes(path) && existsSync(file) ? merged(readFileSync(file, 'utf8'), content) : content,
    );
  }
}

function merged(there, content) {
  return `${JSON.stringify({ ...JSON.parse(there), ...JSON.parse(content) }, null, 2)}\n`;
}

/** `node build.mjs [BUNDLE [FOLDER]]`: the bundle, and where the package goes to unless that is `otherwise`. */
export function fromCommandLine(otherwise) {
  const [bundle, folder = otherwise] = process.argv.slice(2);
  return { plugin: bundleFolder(bundle), folder: resolve(folder) };
}
