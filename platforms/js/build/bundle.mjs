// How a platform's package is built: one CommonJS file that holds everything, the plugin too, so that
// the package needs no other at run time and finds its wasm wherever it is loaded from.

import { createHash } from 'node:crypto';
import { copyFileSync, existsSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';

const NAME = 'plugin:bundle';

/** The folder of a bundle: the one that is named, or the one that `cargo xtask dist` makes. */
export function bundleFolder(named = process.env.JUSTCLICK_BUNDLE) {
  return resolve(named ?? fileURLToPath(new URL('../../../dist', import.meta.url)));
}

/** The bundle's module, its SHA-256 and its description; fails if they don't belong together. */
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
  return { wasm, sha256, description: JSON.parse(read('describe.json')) };
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
          `export const description = ${JSON.stringify(bundle.description)};`,
        ];
        return { contents: contents.join('\n'), loader: 'js' };
      });
      builder.onLoad({ filter: /\/wasm$/, namespace: NAME }, () => ({
        contents: readBundle(folder).wasm,
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

/** What of the bundle goes wherever its module goes: the licences of the crates inside. */
const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** Puts the licences that a built package has to carry beside it: the project's, and those of the module. */
export function copyLicences(folder, plugin = bundleFolder()) {
  const project = (name) => fileURLToPath(new URL(`../../../${name}`, import.meta.url));
  for (const name of ['LICENSE-MIT', 'LICENSE-APACHE']) copyFileSync(project(name), join(folder, name));
  if (!existsSync(join(plugin, NOTICES))) {
    throw new Error(`There is no ${NOTICES} in ${plugin}: make the bundle with "cargo xtask dist".`);
  }
  copyFileSync(join(plugin, NOTICES), join(folder, NOTICES));
}
