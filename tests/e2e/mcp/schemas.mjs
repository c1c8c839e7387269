// The tools' schemas, compiled as clients compile them.

import { createRequire } from 'node:module';
import { join } from 'node:path';
import { check } from '../checks.mjs';
import { installed } from '../packages.mjs';

const VERSION = '8.20.0';

/** Compiles both schemas of each tool with Ajv, and holds what is `good` and `bad` of one against its own. */
export function compile(work, tools, tool, good, bad) {
  const modules = installed(work, `ajv-${VERSION}`, [`ajv@${VERSION}`]);
  const load = createRequire(join(modules, 'here.js'));
  const plain = load('ajv').default;
  const strict = load('ajv/dist/2020').default;
  for (const [kind, ajv] of [
    // What older clients have: draft-07, which does not know of any other.
    ['plain', new plain()],
    ['strict', new strict({ strict: true, allErrors: true })],
  ]) {
    for (const { name, inputSchema, outputSchema } of tools) {
      const [input, output] = [inputSchema, outputSchema].map((schema) => ajv.compile(schema));
      if (name !== tool) continue;
      for (const value of good.inputs) check(input(value), `${kind} Ajv refuses an input of ${name}`);
      for (const value of good.outputs) check(output(value), `${kind} Ajv refuses an output of ${name}`);
      for (const value of bad.inputs) check(!input(value), `${kind} Ajv takes a bad input of ${name}`);
    }
  }
}
