// What makes a package for Node-RED of a plugin's bundle: the nodes, the plugin, their HTML out of its description,
// example flows, and all that is published beside them. It runs without Node.

import editor from 'shell:editor';
import nodes from 'shell:nodes';
import { localized } from '../js/src/forms';
import { iconsOf, listingOf, publisherOf } from '../js/build/listing.mjs';
import { json, licences, parsed, pluginFile } from '../js/build/plugin.mjs';
import { readme } from '../js/build/readme.mjs';
import english from './locales/en-US.json';
import englishHelp from './locales/help/en-US.json';
import russianHelp from './locales/help/ru.json';
import russian from './locales/ru.json';
import own from './package.json';
import template from './package/README.md';
import triggersTemplate from './package/triggers.md';
import { automationFlow, triggerFlow } from './src/automation';
import { exampleFlow } from './src/example';
import { formOf } from './src/form';
import { help, page } from './src/html';
import { catalogueOf } from './src/texts';

/** What the shell itself says, in the languages that it speaks; its base is the first. */
const LANGUAGES = new Map([
  ['en-US', { texts: english, helps: englishHelp }],
  ['ru', { texts: russian, helps: russianHelp }],
]);
const BASE = 'en-US';

/** The files of the package, what it is called, and how it is installed. */
export function make(bundle) {
  const { files } = bundle;
  const description = JSON.parse(bundle.describe);
  const { name } = description;
  const manifest = packageJson(description, files);
  const flows = [
    ...description.actions.map((action) => [examplePath(action), exampleFlow(description, action)]),
    ...(description.triggers ?? []).map((one) => [examplePath(one), triggerFlow(description, one)]),
    ...automationsOf(files).map((one) => [examplePath(one), automationFlow(description, one)]),
  ];
  return {
    name: manifest.name,
    version: manifest.version,
    next: 'In the folder of your flows, ~/.node-red: npm install {path}. Then start Node-RED again.',
    files: {
      'package.json': json(manifest),
      'README.md': packageReadme(description, manifest.name),
      [`dist/${name}.html`]: page(description, editorOf(formOf(description)), englishHelp),
      [`dist/icons/${name}.svg`]: iconsOf(description, files).light,
      ...locales(description),
      ...Object.fromEntries(flows.map(([path, flow]) => [path, json(flow)])),
      // The editor looks for the HTML by this name, and so for the nodes.
      [`dist/${name}.js`]: "'use strict';\n\nmodule.exports = require('./lib/shell.js');\n",
      ...Object.fromEntries(Object.entries(nodes).map(([file, content]) => [`dist/lib/${file}`, content])),
      'dist/lib/bundle.js': pluginFile(bundle),
      ...licences('dist', bundle),
    },
  };
}

/** Texts and helps, a folder for each language. */
function locales(description) {
  const { name } = description;
  const languages = new Set([...LANGUAGES.keys(), ...Object.keys(description.i18n ?? {})]);
  const all = [...languages].flatMap((language) => {
    const { description: told } = localized(description, [language]);
    const { texts = {}, helps = englishHelp } = LANGUAGES.get(language) ?? {};
    const folder = `dist/locales/${language}/${name}`;
    // All packages have the same texts, each below its own name: the editor knows them all at once.
    const catalogue = [`${folder}.json`, json({ [name]: { ...texts, ...catalogueOf(formOf(told)) } })];
    return language === BASE ? [catalogue] : [catalogue, [`${folder}.html`, help(told, helps)]];
  });
  return Object.fromEntries(all);
}

/** The editor's script, with the form that it is for. */
function editorOf(form) {
  return `(() => {\nconst FORM = ${parsed(JSON.stringify(form, withoutDescription))};\n${editor['editor.js']}})();\n`;
}

/** What a field is, the help says. */
function withoutDescription(_, value) {
  const isField = typeof value === 'object' && value !== null && 'kind' in value;
  return isField ? { ...value, description: undefined } : value;
}

/** One of a plugin without triggers does not speak of them. */
function packageReadme(description, package_) {
  const { name, triggers = [] } = description;
  const telling = triggers.length === 0 ? '' : readme(triggersTemplate, description, { name });
  return readme(template, description, { package: package_, name, telling: telling.trim() });
}

/** What people build, of the bundle: it need not say. */
function automationsOf(files) {
  return JSON.parse(files['automations.json'] ?? '[]');
}

function examplePath({ name }) {
  return `examples/${name.replaceAll('_', '-')}.json`;
}

function packageJson(description, files) {
  const { name, title, homepage } = description;
  const { engines } = own;
  const { keywords } = listingOf(files);
  return {
    name: `node-red-contrib-${name}`,
    version: description.version,
    description: `Node-RED nodes for ${title}. ${description.description}`,
    keywords: ['node-red', name, ...keywords.map((word) => word.toLowerCase())],
    ...(homepage && { homepage }),
    ...publisherOf(description, files),
    engines,
    'node-red': { version: '>=4.0.0', nodes: { [name]: `dist/${name}.js` } },
    files: ['dist', 'examples'],
  };
}
