// Makes the package of a plugin: Node-RED's nodes with the plugin inside, their HTML out of its description, an example
// flow, and all that is published beside them. `node build.mjs [BUNDLE [FOLDER]]`; without, the bundle of dist/ becomes
// dist/ here.

import { existsSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder, copyLicences, imported, readBundle } from 'plugin-engine/build';
import { iconsOf, listingOf, publisherOf } from 'plugin-engine/build/listing';
import { fromCommandLine, writeFiles } from 'plugin-engine/build/output';
import { readme } from 'plugin-engine/build/readme';

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** Those that the shell itself speaks; its base is the first. */
const LANGUAGES = ['en-US', 'ru'];

/** Makes the package in a folder; `plugin` is the folder of the bundle that goes into it. */
export async function build(folder, plugin = bundleFolder()) {
  const { description } = readBundle(plugin);
  const { name } = description;
  const { page, help, formOf, catalogueOf, localized, ...flows } = await imported(at('src/generators.ts'));
  rmSync(folder, { recursive: true, force: true });
  const manifest = packageJson(description, plugin);
  const languages = new Set([...LANGUAGES, ...Object.keys(description.i18n ?? {})]);
  const localised = [...languages].flatMap((language) => {
    const { description: told } = localized(description, [language]);
    const texts = { ...(own(`locales/${language}.json`) ?? {}), ...catalogueOf(formOf(told)) };
    const helps = own(`locales/help/${language}.json`) ?? own(`locales/help/${LANGUAGES[0]}.json`);
    const folder = `dist/locales/${language}/${name}`;
    // All packages have the same texts, each below its own name: the editor knows them all at once.
    const catalogue = [`${folder}.json`, { [name]: texts }];
    return language === LANGUAGES[0] ? [catalogue] : [catalogue, [`${folder}.html`, help(told, helps)]];
  });
  writeFiles(folder, {
    'package.json': manifest,
    'README.md': await packageReadme(description, manifest.name),
    [`dist/${name}.html`]: page(
      description,
      await editor(plugin, formOf(description)),
      own(`locales/help/${LANGUAGES[0]}.json`),
    ),
    [`dist/icons/${name}.svg`]: iconsOf(description, plugin).light,
    ...Object.fromEntries(localised),
    ...Object.fromEntries([
      ...description.actions.map((action) => [examplePath(action), flows.exampleFlow(description, action)]),
      ...(description.triggers ?? []).map((one) => [examplePath(one), flows.triggerFlow(description, one)]),
      ...automationsOf(plugin).map((one) => [examplePath(one), flows.automationFlow(description, one)]),
    ]),
  });
  await bundle({
    bundle: { folder: plugin },
    entryPoints: [at('src/nodes.ts')],
    outfile: join(folder, `dist/${name}.js`),
    // Node-RED takes what a file exports for the function itself.
    footer: { js: 'module.exports = module.exports.default;' },
  });
  copyLicences(join(folder, 'dist'), plugin);
}

async function editor(plugin, form) {
  const { outputFiles } = await bundle({
    bundle: { folder: plugin },
    entryPoints: [at('src/editor.ts')],
    outfile: 'editor.js',
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'es2020',
    define: { FORM: JSON.stringify(form, withoutDescription) },
  });
  return outputFiles[0].text;
}

/** What a field is, the help says. */
function withoutDescription(_, value) {
  const isField = typeof value === 'object' && value !== null && 'kind' in value;
  return isField ? { ...value, description: undefined } : value;
}

/** One of a plugin without triggers does not speak of them. */
async function packageReadme(description, package_) {
  const { name, triggers = [] } = description;
  const telling = triggers.length === 0 ? '' : await readme(at('package/triggers.md'), description, { name });
  return readme(at('package/README.md'), description, { package: package_, name, telling: telling.trim() });
}

/** What of the shell's own there is in a file, if it is there. */
function own(path) {
  return existsSync(at(path)) ? JSON.parse(readFileSync(at(path), 'utf8')) : undefined;
}

/** What people build, of the bundle: it need not say. */
function automationsOf(plugin) {
  const file = join(plugin, 'automations.json');
  return existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : [];
}

function examplePath({ name }) {
  return `examples/${name.replaceAll('_', '-')}.json`;
}

function packageJson(description, plugin) {
  const { name, title, homepage } = description;
  const { license, engines } = JSON.parse(readFileSync(at('package.json'), 'utf8'));
  const { keywords } = listingOf(plugin);
  return {
    name: `node-red-contrib-${name}`,
    version: description.version,
    description: `Node-RED nodes for ${title}. ${description.description}`,
    keywords: ['node-red', name, ...keywords.map((word) => word.toLowerCase())],
    license,
    ...(homepage && { homepage }),
    ...publisherOf(description, plugin),
    engines,
    'node-red': { version: '>=4.0.0', nodes: { [name]: `dist/${name}.js` } },
    files: ['dist', 'examples'],
  };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(at('dist'));
  await build(folder, plugin);
}
