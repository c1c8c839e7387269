// Makes the package of a plugin: n8n's classes, each in one file with the plugin inside, and all that is published
// beside them. `node build.mjs [BUNDLE [FOLDER]]`; without, the bundle of dist/ becomes dist/ here.

import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { bundle, bundleFolder, copyLicences, imported, readBundle } from '../js/build/bundle.mjs';
import { className, iconsOf, listingOf, publisherOf } from '../js/build/listing.mjs';
import { fromCommandLine, writeFiles } from '../js/build/output.mjs';
import { readme } from '../js/build/readme.mjs';

const HERE = fileURLToPath(new URL('.', import.meta.url));

/** Makes the package in a folder; `plugin` is the folder of the bundle that goes into it. Gives its names. */
export async function build(folder, plugin = bundleFolder()) {
  const { description } = readBundle(plugin);
  const names = namesOf(description);
  const { light, dark } = iconsOf(description, plugin);
  rmSync(folder, { recursive: true, force: true });
  await classes(join(folder, 'dist'), plugin, names);
  writeFiles(folder, {
    'package.json': packageJson(description, plugin, names),
    'README.md': await readme(join(HERE, 'package/README.md'), description, { package: names.package }),
    [`dist/icons/${names.icon}.svg`]: light,
    [`dist/icons/${names.icon}.dark.svg`]: dark,
    [`${names.nodeFile.replace(/\.js$/, '')}.json`]: codex(description, plugin, names),
    ...(await previews(names, description)),
  });
  mkdirSync(join(folder, 'dist'), { recursive: true });
  copyLicences(join(folder, 'dist'), plugin);
  return names;
}

/** What stored workflows and credentials know them by: `JustClick` is the node `justClick`, with `justClickApi`. */
export function namesOf(description) {
  const node = className(description);
  const small = node.charAt(0).toLowerCase() + node.slice(1);
  return {
    package: `n8n-nodes-${description.name}`,
    nodeClass: node,
    credentialClass: `${node}Api`,
    node: small,
    credential: `${small}Api`,
    icon: description.name,
    nodeFile: `dist/nodes/${node}/${node}.node.js`,
    credentialFile: `dist/credentials/${node}Api.credentials.js`,
  };
}

/** The classes have the names that n8n looks for in their files. */
async function classes(folder, plugin, names) {
  const { node, credential, icon } = names;
  const given = JSON.stringify({ node, credential, icon });
  const sources = {
    [names.nodeFile]: `import { nodeClass } from './nodes/node'; export const ${names.nodeClass} = nodeClass(${given});`,
    [names.credentialFile]: `import { credentialClass } from './nodes/credential'; export const ${names.credentialClass} = credentialClass(${given});`,
  };
  const entry = {
    name: 'entry',
    setup(builder) {
      builder.onResolve({ filter: /^entry:/ }, ({ path }) => ({ path: path.slice(6), namespace: 'entry' }));
      builder.onLoad({ filter: /./, namespace: 'entry' }, ({ path }) => ({
        contents: sources[path],
        loader: 'ts',
        resolveDir: HERE,
      }));
    },
  };
  const within = (file) => file.replace(/^dist\//, '').replace(/\.js$/, '');
  await bundle({
    bundle: { folder: plugin },
    entryPoints: Object.keys(sources).map((file) => ({ in: `entry:${file}`, out: within(file) })),
    outdir: folder,
    external: ['n8n-workflow'],
    plugins: [entry],
  });
}

function packageJson(description, plugin, names) {
  const { engines, peerDependencies, peerDependenciesMeta } = JSON.parse(
    readFileSync(join(HERE, 'package.json'), 'utf8'),
  );
  const { keywords } = listingOf(plugin);
  return {
    name: names.package,
    version: description.version,
    description: `n8n node for ${description.title}: ${listed(description)}`,
    keywords: ['n8n-community-node-package', description.name, ...keywords.map((word) => word.toLowerCase())],
    license: 'MIT',
    ...(description.homepage && { homepage: description.homepage }),
    ...publisherOf(description, plugin, { ofItsOwn: true }),
    engines,
    files: ['dist'],
    n8n: { n8nNodesApiVersion: 1, strict: false, credentials: [names.credentialFile], nodes: [names.nodeFile] },
    peerDependencies,
    peerDependenciesMeta,
  };
}

function listed({ actions }) {
  const titles = actions.map(({ title }) => title.toLowerCase());
  return titles.length > 4 ? `${titles.slice(0, 4).join(', ')} and more` : titles.join(', ');
}

/** What the node is found by in the editor. */
function codex(description, plugin, names) {
  const { keywords, categories } = listingOf(plugin);
  const documentation = description.homepage ? [{ url: description.homepage }] : [];
  return {
    node: `${names.package}.${names.node}`,
    nodeVersion: '1.0',
    codexVersion: '1.0',
    categories: categories.n8n ?? ['Miscellaneous'],
    alias: keywords,
    resources: { credentialDocumentation: documentation, primaryDocumentation: documentation },
  };
}

/** Where the editor looks for the fields of an action's output, to offer them before it has run. */
async function previews({ nodeClass }, { actions }) {
  const { isGrouped, resourcesOf } = await imported(join(HERE, 'nodes/resources.ts'));
  const folder = `dist/nodes/${nodeClass}/__schema__`;
  const resources = resourcesOf(actions);
  const grouped = resources.flatMap(({ value, operations }) => operations.map(({ action }) => [`${value}/`, action]));
  const plain = actions.map((action) => ['', action]);
  const versions = { '1.0.0': plain, '2.0.0': isGrouped(resources) ? grouped : plain };
  const files = Object.entries(versions).flatMap(([version, placed]) =>
    placed.map(([place, action]) => [`${folder}/v${version}/${place}${action.name}.json`, preview(action)]),
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

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  const { plugin, folder } = fromCommandLine(join(HERE, 'dist'));
  await build(folder, plugin);
}
