// What a bundle is to JavaScript, and how a program is built with one inside.

import { createHash } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const NAME = 'plugin:bundle';

/** The folder of a bundle: the one that is named, or the one that `cargo xtask dist` makes. */
export function bundleFolder(named = process.env.JUSTCLICK_BUNDLE) {
  return resolve(named ?? fileURLToPath(new URL('../../../dist', import.meta.url)));
}

/** What makers take of a bundle beside its module and description, where it is there. */
const BESIDE = [
  'THIRD-PARTY-NOTICES.txt',
  'automations.json',
  'icon.dark.svg',
  'icon.svg',
  'listing.json',
  'publisher.json',
];

/**
 * A bundle as makers take it: the module in base64 (`wasm`) with its SHA-256, describe.json as a text (`describe`) and
 * further texts by their names (`files`). Fails if they don't belong together.
 */
export function readBundle(folder = bundleFolder()) {
  const read = (name) => {
    try {
      return readFileSync(join(folder, name));
    } catch {
      throw new Error(`There is no ${name} in ${folder}: make the bundle with "cargo xtask dist", or name its folder.`);
    }
  };
  const {
    wasm: [module],
  } = JSON.parse(read('extism.json'));
  const wasm = read(module.path);
  const sha256 = createHash('sha256').update(wasm).digest('hex');
  if (sha256 !== module.hash) {
    throw new Error(
      `${module.path} in ${folder} is not the one that extism.json names: make the bundle again with "cargo xtask dist".`,
    );
  }
  const beside = BESIDE.filter((name) => existsSync(join(folder, name)));
  return {
    wasm: wasm.toString('base64'),
    sha256,
    describe: read('describe.json').toString('utf8'),
    files: Object.fromEntries(beside.map((name) => [name, read(name).toString('utf8')])),
  };
}

/** Answers `import … from 'plugin:bundle'` with the bundle of a folder. */
export function pluginBundle({ folder } = {}) {
  return {
    name: NAME,
    setup(builder) {
      builder.onResolve({ filter: /^plugin:bundle/ }, ({ path }) => ({ path, namespace: NAME }));
      builder.onLoad({ filter: /^plugin:bundle$/, namespace: NAME }, () => {
        const bundle = readBundle(folder);
        const contents = [
          `export { default as wasm } from '${NAME}/wasm';`,
          `export const sha256 = ${JSON.stringify(bundle.sha256)};`,
          `export const description = JSON.parse(${JSON.stringify(bundle.describe)});`,
        ];
        return { contents: contents.join('\n'), loader: 'js' };
      });
      builder.onLoad({ filter: /\/wasm$/, namespace: NAME }, () => ({
        contents: Buffer.from(readBundle(folder).wasm, 'base64'),
        loader: 'binary',
      }));
    },
  };
}

/** Builds with esbuild: `options` are esbuild's; `bundle` are the options of `pluginBundle`. */
export function bundle({ bundle: from, plugins = [], ...options }) {
  return build({
    bundle: true,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'linked',
    logLevel: 'warning',
    ...options,
    plugins: [pluginBundle(from), ...plugins],
  });
}

/** What a source in TypeScript exports, for use in a build script. */
export async function imported(entryPoint) {
  const options = { entryPoints: [entryPoint], format: 'esm', write: false, sourcemap: false };
  const { outputFiles } = await bundle({ ...options, legalComments: 'none' });
  return import(`data:text/javascript;base64,${Buffer.from(outputFiles[0].contents).toString('base64')}`);
}
