// Makes dist/: the nodes with the plugin inside, their HTML out of the plugin's description, their icon.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { bundle, copyLicences, readBundle } from '@justclick/plugin/build';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** `description` takes the place of the plugin's own, for tests. */
export async function build(folder, description = readBundle().description) {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  await bundle({
    bundle: { description },
    entryPoints: [at('src/nodes.ts')],
    outfile: join(folder, 'justclick.js'),
    // Node-RED takes what a file exports for the function itself.
    footer: { js: 'module.exports = module.exports.default;' },
  });
  const { formOf, page } = await generators(folder);
  const editor = await bundle({
    bundle: { description },
    entryPoints: [at('src/editor.ts')],
    outfile: 'editor.js',
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2020',
    define: { FORM: JSON.stringify(formOf(description)) },
  });
  writeFileSync(join(folder, 'justclick.html'), page(description, editor.outputFiles[0].text));
  for (const beside of ['icons', 'locales']) cpSync(at(beside), join(folder, beside), { recursive: true });
  copyLicences(folder);
}

/** What of the sources is needed to build, built. */
async function generators(folder) {
  const outfile = join(folder, 'generators.mjs');
  const contents = "export { page } from './html'; export { formOf } from './form';";
  await bundle({ stdin: { contents, loader: 'ts', resolveDir: at('src') }, outfile, format: 'esm' });
  const module = await import(pathToFileURL(outfile).href);
  rmSync(outfile);
  return module;
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(at('dist'));
