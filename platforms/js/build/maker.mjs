// How a platform's packages are made: its shell is built once, without any plugin, and goes into one script with what
// makes a package of it and of a bundle. That script needs nothing of Node, so that whoever has no Node can run it, too.

import { createContext, Script } from 'node:vm';
import { dirname } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { readBundle } from './bundle.mjs';
import { writeFiles } from './output.mjs';

/** What the paths in comments of built files begin at: they are the same wherever this project lies. */
const PLATFORMS = fileURLToPath(new URL('../..', import.meta.url));

/**
 * The script of a platform: `make` in it takes a bundle and gives the files of its package, both as JSON.
 * `entry` is a module with that function, on values. What it imports from `shell:NAME` are the files that esbuild makes
 * with the options of that name in `shells`, as texts by their names.
 */
export async function makerScript(entry, shells) {
  const plugin = {
    name: 'shell',
    setup(builder) {
      builder.onResolve({ filter: /^shell:/ }, ({ path }) => ({
        path: path.slice('shell:'.length),
        namespace: 'shell',
      }));
      builder.onLoad({ filter: /.*/, namespace: 'shell' }, async ({ path }) => ({
        contents: JSON.stringify(await shell(shells[path])),
        loader: 'json',
      }));
    },
  };
  const contents = `import { make } from ${JSON.stringify(entry)};\nglobalThis.make = (bundle) => JSON.stringify(make(JSON.parse(bundle)));`;
  const { outputFiles } = await build({
    stdin: { contents, resolveDir: dirname(entry) },
    absWorkingDir: PLATFORMS,
    bundle: true,
    write: false,
    platform: 'neutral',
    format: 'iife',
    target: 'es2020',
    // Licences have none.
    loader: { '.md': 'text', '': 'text' },
    legalComments: 'none',
    logLevel: 'warning',
    plugins: [plugin],
  });
  return outputFiles[0].text;
}

/** Makes the package of a bundle's folder in another; gives what the maker says of it besides its files. */
export async function makePackage(script, plugin, folder) {
  const context = createContext({});
  new Script(await script).runInContext(context);
  const { files, shared, ...told } = JSON.parse(context.make(JSON.stringify(readBundle(plugin))));
  writeFiles(folder, files, shared);
  return told;
}

/** A shell as it is built, which takes the plugin from a file beside it. */
async function shell(options) {
  const { outputFiles } = await build({
    absWorkingDir: PLATFORMS,
    bundle: true,
    write: false,
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    legalComments: 'linked',
    logLevel: 'warning',
    outdir: PLATFORMS,
    ...options,
    plugins: [
      {
        name: 'plugin:bundle',
        setup(builder) {
          builder.onResolve({ filter: /^plugin:bundle$/ }, () => ({ path: './bundle.js', external: true }));
        },
      },
    ],
  });
  const name = (path) => path.slice(PLATFORMS.length);
  const files = outputFiles.map(({ path, text }) => [name(path), text]);
  return Object.fromEntries(files.sort(([one], [other]) => (one < other ? -1 : 1)));
}
