// Lints the sources, and what is made from the plugin's description, also from one with a second action: n8n's rules
// read it only where it is written out, so the built classes are written out in .lint/ first.

import { mkdirSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { inspect } from 'node:util';
import { ESLint } from 'eslint';
import { build } from '../build.mjs';
import { secondBundle } from '../test/second-plugin.mjs';
import { judge } from './built.mjs';

const HERE = fileURLToPath(new URL('..', import.meta.url));
const WRITTEN_OUT = join(HERE, '.lint');
const TYPES = { properties: ': INodeProperties[]' };
const require = createRequire(import.meta.url);

rmSync(WRITTEN_OUT, { recursive: true, force: true });
await writeOut('own');
await writeOut('second', await secondBundle(join(WRITTEN_OUT, 'second-bundle')));
const eslint = new ESLint({ cwd: HERE, overrideConfigFile: join(HERE, 'lint/eslint.config.mjs') });
const folders = ['', '.lint/own/', '.lint/second/'].flatMap((folder) => [`${folder}credentials`, `${folder}nodes`]);
const results = await eslint.lintFiles(['package.json', ...folders]);
const problems = results.reduce((sum, { errorCount, warningCount }) => sum + errorCount + warningCount, 0);
const built = await judge(join(WRITTEN_OUT, 'own/dist'));
for (const problem of built) console.log(`dist: ${problem}`);
console.log((await (await eslint.loadFormatter('stylish')).format(results)) || `${results.length} files, no problem.`);
process.exitCode = problems + built.length === 0 ? 0 : 1;

async function writeOut(name, plugin) {
  const folder = join(WRITTEN_OUT, name);
  const dist = join(folder, 'dist');
  await build(dist, plugin);
  const { JustClick } = require(join(dist, 'nodes/JustClick/JustClick.node.js'));
  const { JustClickApi } = require(join(dist, 'credentials/JustClickApi.credentials.js'));
  write(join(folder, 'nodes/JustClick/JustClick.node.ts'), nodeSource(new JustClick()));
  write(join(folder, 'credentials/JustClickApi.credentials.ts'), credentialSource(new JustClickApi()));
  // The rules look for them.
  for (const file of ['icons', 'package.json']) symlinkSync(join(HERE, file), join(folder, file));
}

function nodeSource({ description }) {
  return [
    'import { NodeConnectionTypes, type INodeType, type INodeTypeDescription } from "n8n-workflow";',
    'export class JustClick implements INodeType {',
    `description: INodeTypeDescription = ${literal(description)};`,
    '}',
  ];
}

function credentialSource(credential) {
  return [
    'import type { ICredentialType, INodeProperties } from "n8n-workflow";',
    'export class JustClickApi implements ICredentialType {',
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
