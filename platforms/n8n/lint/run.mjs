// Lints the sources, and the packages that are made of them for both plugins: n8n's rules read a description only where
// it is written out, so the built classes are written out in .lint/ first.

import { cpSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { ESLint } from 'eslint';
import { build } from '../build.mjs';
import { bundleFolder } from '../../js/build/bundle.mjs';
import { shopBundle } from '../../js/test/service.mjs';
import { judge } from './built.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const WRITTEN_OUT = join(HERE, '.lint');
const TYPES = { properties: ': INodeProperties[]' };
const require = createRequire(import.meta.url);

rmSync(WRITTEN_OUT, { recursive: true, force: true });
const packages = [await writeOut('own', bundleFolder()), await writeOut('shop', shopBundle())];
const eslint = new ESLint({ cwd: HERE, overrideConfigFile: join(HERE, 'lint/eslint.config.mjs') });
const parts = (folder) => ['package.json', 'credentials', 'nodes'].map((name) => join(folder, name));
const results = await eslint.lintFiles(['nodes', ...packages.flatMap(parts)]);
const problems = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
const built = (await Promise.all(packages.map((folder) => judge(join(folder, 'dist'))))).flat();
for (const problem of built) console.log(`dist: ${problem}`);
console.log((await (await eslint.loadFormatter('stylish')).format(results)) || `${results.length} files, no problem.`);
process.exitCode = problems + built.length === 0 ? 0 : 1;

/** The package, and its classes as sources; gives its folder. */
async function writeOut(name, plugin) {
  const folder = join(WRITTEN_OUT, name);
  const { nodes, credentialClass } = await build(folder, plugin);
  const source = ({ file }) => join(folder, file.replace(/^dist\//, '').replace(/\.js$/, '.ts'));
  const made = (each) => new (require(join(folder, each.file))[each.class])();
  for (const node of nodes) write(source(node), nodeSource(node.class, made(node)));
  write(source(credentialClass), credentialSource(credentialClass.class, made(credentialClass)));
  // The rules look for them.
  cpSync(join(folder, 'dist/icons'), join(folder, 'icons'), { recursive: true });
  return folder;
}

function nodeSource(name, { description, webhookMethods }) {
  return [
    'import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from "n8n-workflow";',
    `export class ${name} implements INodeType {`,
    `description: INodeTypeDescription = ${literal(description)};`,
    ...(webhookMethods ? [`webhookMethods = { default: { ${methods(webhookMethods.default)} } };`] : []),
    '}',
  ];
}

/** As they are: what they do stands in the sources. */
function methods(group) {
  return Object.values(group).map(String).join(', ');
}

function credentialSource(name, credential) {
  return [
    'import type { ICredentialType, INodeProperties } from "n8n-workflow";',
    `export class ${name} implements ICredentialType {`,
    ...Object.entries(credential).map(([key, value]) => `${key}${TYPES[key] ?? ''} = ${literal(value)};`),
    '}',
  ];
}

/** With its keys unquoted, because the rules overlook quoted ones. */
function literal(value) {
  const text = inspect(value, { depth: null, maxArrayLength: null, maxStringLength: null, breakLength: 100 });
  return text.replaceAll("[ 'main' ]", '[NodeConnectionTypes.Main]');
}

function write(file, lines) {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${lines.join('\n')}\n`);
}
