// Makes the integration of a plugin, a folder that Zapier's command line takes: index.js, in which all of it is, and what
// goes with it. `node build.mjs [BUNDLE [FOLDER]]`; without, the bundle of dist/ becomes dist/ here.

import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder, copyLicences, imported, readBundle } from '../js/build/bundle.mjs';
import { publisherOf } from '../js/build/listing.mjs';
import { fromCommandLine, writeFiles } from '../js/build/output.mjs';
import { readme } from '../js/build/readme.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Makes it in a folder; `plugin` is the folder of the bundle that goes into it. */
export async function build(folder, plugin = bundleFolder()) {
  const { description } = readBundle(plugin);
  const licences = join(folder, 'licences');
  mkdirSync(licences, { recursive: true });
  copyLicences(licences, plugin);
  writeFiles(folder, {
    'package.json': packageJson(description, plugin),
    '.zapierapprc': settings(folder),
    'README.md': await packageReadme(description),
  });
  await buildIntegration(join(folder, 'index.js'), plugin);
}

/** What of the plugin's triggers Zapier can't run it says as well. */
async function packageReadme(description) {
  const { isOffered } = await imported(join(HERE, 'src/offered.ts'));
  const { triggers = [], title } = description;
  const offered = triggers.filter(isOffered);
  const others = triggers.filter((trigger) => !isOffered(trigger)).map((trigger) => trigger.title);
  const heading = offered.length > 0 ? '## Triggers' : '';
  const looks = offered.some(({ delivery }) => delivery === 'poll')
    ? 'Zapier asks from time to time. Each time it gets what has happened in the last three days, and what it had before triggers nothing, nor does what there was when the Zap was turned on.'
    : '';
  const left =
    others.length > 0
      ? `${title} tells of some things by a webhook whose address a person enters there. At Zapier each Zap would have another, and its checks refuse that, so these are left out: ${others.join(', ')}.`
      : '';
  return readme(join(HERE, 'package/README.md'), description, { heading, looks, left }, offered);
}

/** The integration alone, as one file with the plugin inside. */
export function buildIntegration(outfile, plugin) {
  return bundle({
    bundle: { folder: plugin },
    entryPoints: [join(HERE, 'src/index.ts')],
    outfile,
    external: ['zapier-platform-core'],
    // Zapier takes what the module exports for the integration itself.
    footer: { js: 'module.exports = module.exports.default;' },
  });
}

function packageJson(description, plugin) {
  const { license, engines, dependencies } = JSON.parse(readFileSync(join(HERE, 'package.json'), 'utf8'));
  return {
    name: `zapier-${description.name}`,
    version: description.version,
    private: true,
    description: description.description,
    license,
    ...publisherOf(description, plugin),
    main: 'index.js',
    engines,
    dependencies,
  };
}

/** Zapier's command line notes in it which integration this is: that stays. */
function settings(folder) {
  const file = join(folder, '.zapierapprc');
  const noted = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : {};
  // What Zapier's search for dependencies overlooks on Node 22, and the licences.
  return { ...noted, includeInBuild: ['/require\\.mjs$', '/licences/[^/]+$'] };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(join(HERE, 'dist'));
  await build(folder, plugin);
}
