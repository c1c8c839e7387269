// What makes a package for n8n of a plugin's bundle: n8n's classes, what they share, the plugin, and all that is
// published beside them. It runs without Node.

import shell from 'shell:nodes';
import { json, literal, licences, pluginFile } from '../js/build/plugin.mjs';
import { className, iconsOf, listingOf, publisherOf } from '../js/build/listing.mjs';
import { readme } from '../js/build/readme.mjs';
import { isGrouped, resourcesOf } from './nodes/resources';
import own from './package.json';
import template from './package/README.md';

/** Where everything is that the nodes have in common, in `dist`; the plugin is beside it. */
const SHELL = 'shell.js';

/** The files of the package, what it is called, and how it is installed. */
export function make(bundle) {
  const { files } = bundle;
  const description = JSON.parse(bundle.describe);
  const names = namesOf(description);
  const { light, dark } = iconsOf(description, files);
  return {
    name: names.package,
    version: description.version,
    next: 'In the folder ~/.n8n/nodes of your n8n: npm install {path}. Then start n8n again.',
    names,
    files: {
      'package.json': json(packageJson(description, files, names)),
      'README.md': readme(template, description, {
        package: names.package,
        triggers: triggersIn(description, names),
      }),
      ...Object.fromEntries(Object.entries(shell).map(([name, content]) => [`dist/${name}`, content])),
      'dist/bundle.js': pluginFile(bundle),
      [`dist/icons/${names.icon}.svg`]: light,
      [`dist/icons/${names.icon}.dark.svg`]: dark,
      ...Object.fromEntries([...names.nodes, names.credentialClass].map((each) => [each.file, classFile(each, names)])),
      ...Object.fromEntries(
        names.nodes.map((node) => [node.file.replace(/js$/, 'json'), json(codex(description, files, names, node))]),
      ),
      ...previews(names, description),
      ...licences('dist', bundle),
    },
  };
}

/** What stored workflows and credentials know them by: `JustClick` is the node `justClick`, with `justClickApi`. */
function namesOf(description) {
  const base = className(description);
  const small = base.charAt(0).toLowerCase() + base.slice(1);
  const triggers = description.triggers ?? [];
  const tells = (delivery) => triggers.some((trigger) => trigger.delivery === delivery);
  const node = (suffix, maker, delivery) => ({
    delivery,
    class: base + suffix.replaceAll(' ', ''),
    name: small + suffix.replaceAll(' ', ''),
    title: description.title + suffix,
    file: `dist/nodes/${base}/${base}${suffix.replaceAll(' ', '')}.node.js`,
    maker,
  });
  return {
    package: `n8n-nodes-${description.name}`,
    folder: `dist/nodes/${base}`,
    nodes: [
      ...(description.actions.length > 0 ? [node('', 'nodeClass')] : []),
      ...(tells('webhook') ? [node(' Trigger', 'webhookTriggerClass', 'webhook')] : []),
      ...(tells('poll') ? [node(' Polling Trigger', 'pollingTriggerClass', 'poll')] : []),
    ],
    credential: `${small}Api`,
    credentialClass: {
      class: `${base}Api`,
      file: `dist/credentials/${base}Api.credentials.js`,
      maker: 'credentialClass',
    },
    icon: description.name,
  };
}

/** The file in which n8n looks for a class of this name. */
function classFile({ class: name, file, title, maker, name: node }, { credential, icon }) {
  const given = { ...(node && { node, title }), credential, icon };
  const path = `${'../'.repeat(file.split('/').length - 2)}${SHELL}`;
  return `'use strict';\n\nexports.${name} = require('${path}').${maker}(${literal(given)});\n`;
}

function packageJson(description, files, names) {
  const { engines, peerDependencies, peerDependenciesMeta } = own;
  const { keywords } = listingOf(files);
  const { license, ...publisher } = publisherOf(description, files, { ofItsOwn: true });
  return {
    name: names.package,
    version: description.version,
    description: `n8n nodes for ${description.title}: ${listed(description)}`,
    keywords: ['n8n-community-node-package', description.name, ...keywords.map((word) => word.toLowerCase())],
    // n8n verifies packages under MIT alone.
    license: license.split(' OR ').includes('MIT') ? 'MIT' : license,
    ...(description.homepage && { homepage: description.homepage }),
    ...publisher,
    engines,
    files: ['dist'],
    n8n: {
      n8nNodesApiVersion: 1,
      strict: false,
      credentials: [names.credentialClass.file],
      nodes: names.nodes.map(({ file }) => file),
    },
    peerDependencies,
    peerDependenciesMeta,
  };
}

function listed({ actions, triggers = [] }) {
  const titles = [...actions, ...triggers].map(({ title }) => title.toLowerCase());
  return titles.length > 4 ? `${titles.slice(0, 4).join(', ')} and more` : titles.join(', ');
}

/** What a README says of the triggers; nothing where there are none. */
function triggersIn({ title, triggers = [] }, { nodes }) {
  if (triggers.length === 0) return '';
  const rows = nodes.flatMap(({ title: node, delivery }) =>
    triggers
      .filter((trigger) => trigger.delivery === delivery)
      .map(({ title, description, docs = '' }) => `| ${node} | ${title} | ${cell(`${description} ${docs}`)} |`),
  );
  return [
    '## Triggers\n',
    '| node | event | |\n| --- | --- | --- |',
    ...rows,
    `\nAn event is \`{id, time, subject, data}\`: what is known is in \`{{ $json.data }}\`. Each comes once, by its id, also where a workflow has both kinds of nodes. A node that ${title} sends to shows its test and its production address; what has to be made sure of is looked up first. A node that asks finds what happened while n8n did not run, too.\n\n`,
  ].join('\n');
}

function cell(text) {
  return text.replaceAll('|', '\\|').replaceAll('<', '&lt;').replaceAll(/\s+/g, ' ').trim();
}

/** What the node is found by in the editor. */
function codex(description, files, names, { name }) {
  const { keywords, categories } = listingOf(files);
  const documentation = description.homepage ? [{ url: description.homepage }] : [];
  return {
    node: `${names.package}.${name}`,
    nodeVersion: '1.0',
    codexVersion: '1.0',
    categories: categories.n8n ?? ['Miscellaneous'],
    alias: keywords,
    resources: { credentialDocumentation: documentation, primaryDocumentation: documentation },
  };
}

/** Where the editor looks for the fields of an action's output, to offer them before it has run. */
function previews(names, { actions }) {
  const resources = resourcesOf(actions);
  const grouped = resources.flatMap(({ value, operations }) => operations.map(({ action }) => [`${value}/`, action]));
  const plain = actions.map((action) => ['', action]);
  const versions = { '1.0.0': plain, '2.0.0': isGrouped(resources) ? grouped : plain };
  const files = Object.entries(versions).flatMap(([version, placed]) =>
    placed.map(([place, action]) => [
      `${names.folder}/__schema__/v${version}/${place}${action.name}.json`,
      json(preview(action)),
    ]),
  );
  return Object.fromEntries(files);
}

/** Of a search, what each of its items has. */
function preview({ annotations, outputSchema }) {
  const { items } = annotations?.readOnlyHint === true ? outputSchema.properties : {};
  const fields = Object.entries((items?.items ?? outputSchema).properties ?? {});
  const properties = fields.filter(([, { type }]) => type !== undefined).map(([key, { type }]) => [key, { type }]);
  return { type: 'object', properties: Object.fromEntries(properties), version: 1 };
}
