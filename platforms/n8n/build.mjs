// Makes dist/, which is all that is published: each of n8n's classes in one file, with the plugin inside.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder, copyLicences, readBundle } from '../js/build/bundle.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));
const CLASSES = ['credentials/JustClickApi.credentials.ts', 'nodes/JustClick/JustClick.node.ts'];

/** Builds the package's files in a folder; `plugin` is the folder of the bundle that goes into them. */
export async function build(folder, plugin = bundleFolder()) {
  const { description } = readBundle(plugin);
  rmSync(folder, { recursive: true, force: true });
  await bundle({
    bundle: { folder: plugin },
    entryPoints: CLASSES.map((path) => join(HERE, path)),
    outbase: HERE,
    outdir: folder,
    external: ['n8n-workflow'],
  });
  cpSync(join(HERE, 'icons'), join(folder, 'icons'), { recursive: true });
  cpSync(join(HERE, 'nodes/JustClick/JustClick.node.json'), join(folder, 'nodes/JustClick/JustClick.node.json'));
  copyLicences(folder, plugin);
  for (const action of description.actions) write(join(folder, previewPath(action)), preview(action));
}

/** Where the editor looks for the fields of an action's output, to offer them before it has run. */
function previewPath({ name }) {
  return `nodes/JustClick/__schema__/v1.0.0/${name}.json`;
}

function preview({ outputSchema }) {
  const fields = Object.entries(outputSchema.properties).filter(([, { type }]) => type !== undefined);
  const properties = Object.fromEntries(fields.map(([key, { type }]) => [key, { type }]));
  return { type: 'object', properties, version: 1 };
}

function write(path, value) {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, JSON.stringify(value, null, 2));
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await build(join(HERE, 'dist'));
