// What makes the integration of a plugin's bundle, a folder that Zapier's command line takes. It runs without Node.

import shell from 'shell:integration';
import { publisherOf } from '../js/build/listing.mjs';
import { json, licences, pluginFile } from '../js/build/plugin.mjs';
import { readme } from '../js/build/readme.mjs';
import own from './package.json';
import template from './package/README.md';
import { isOffered } from './src/offered';

/** Zapier's command line notes in it which integration this is: that stays. */
const SETTINGS = '.zapierapprc';

/** The files of the folder, what it is called, and what to do with it. */
export function make(bundle) {
  const description = JSON.parse(bundle.describe);
  const manifest = packageJson(description, bundle.files);
  return {
    name: manifest.name,
    version: manifest.version,
    next: 'In {path}: npm install, then zapier-platform register and zapier-platform push.',
    shared: [SETTINGS],
    files: {
      'package.json': json(manifest),
      // What Zapier's search for dependencies overlooks on Node 22, and the licences.
      [SETTINGS]: json({ includeInBuild: ['/require\\.mjs$', '/licences/[^/]+$'] }),
      'README.md': packageReadme(description),
      ...shell,
      'bundle.js': pluginFile(bundle),
      ...licences('licences', bundle),
    },
  };
}

/** What of the plugin's triggers Zapier can't run it says as well. */
function packageReadme(description) {
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
  return readme(template, description, { heading, looks, left }, offered);
}

function packageJson(description, files) {
  const { engines, dependencies } = own;
  return {
    name: `zapier-${description.name}`,
    version: description.version,
    private: true,
    description: description.description,
    ...publisherOf(description, files),
    main: 'index.js',
    engines,
    dependencies,
  };
}
