// `node build.mjs FOLDER`: compiles the module, and makes its bundle in this folder.

import { createHash } from 'node:crypto';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const HERE = dirname(fileURLToPath(import.meta.url));
const [folder] = process.argv.slice(2);
if (!folder) throw new Error('name the folder of the bundle: node build.mjs FOLDER');
mkdirSync(folder, { recursive: true });

// The description travels in the module, as bytes, and beside it.
const described = JSON.stringify(JSON.parse(readFileSync(join(HERE, 'describe.json'), 'utf8')));
const bytes = Buffer.from(described);
const description = `export const data: usize = memory.data<u8>([${[...bytes]}]);\nexport const size: i32 = ${bytes.length};\n`;

const sources = (name) => {
  if (name === 'description.ts') return description;
  try {
    return readFileSync(resolve(HERE, name), 'utf8');
  } catch {
    return null;
  }
};
const options = ['--runtime', 'stub', '-Oz', '--use', 'abort='];
const { error, stderr } = await asc.main(['plugin.ts', '--outFile', 'plugin.wasm', ...options], {
  readFile: sources,
  writeFile: (name, contents) => writeFileSync(join(folder, name), contents),
  listFiles: () => [],
});
process.stderr.write(stderr.toString());
if (error) throw error;

const module = readFileSync(join(folder, 'plugin.wasm'));
const hash = createHash('sha256').update(module).digest('hex');
const manifest = {
  wasm: [{ name: 'main', path: 'plugin.wasm', hash }],
  memory: { max_http_response_bytes: 262144 },
  timeout_ms: 30000,
};
writeFileSync(join(folder, 'extism.json'), `${JSON.stringify(manifest, null, 2)}\n`);
writeFileSync(join(folder, 'describe.json'), described);
console.log(`${folder}: ${module.length} bytes`);
