// A plugin that has the second action too, and answers to all of them with what it was given.

import { createHash } from 'node:crypto';
import { mkdirSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { readBundle } from '../../js/build/bundle.mjs';
import { withSecondAction } from './second-action.mjs';

/** One of the packages of js/. */
const wabt = createRequire(new URL('../../js/package.json', import.meta.url))('wabt');

/** Writes its bundle into a folder, as `cargo xtask dist` does the real plugin's; gives the folder. */
export async function secondBundle(folder) {
  const description = withSecondAction(readBundle().description);
  const source = moduleOf(JSON.stringify(description), [
    description.connection.check,
    ...description.actions.map(({ name }) => name),
  ]);
  const wasm = (await wabt()).parseWat('second.wat', source).toBinary({}).buffer;
  const hash = createHash('sha256').update(wasm).digest('hex');
  mkdirSync(folder, { recursive: true });
  writeFileSync(join(folder, 'second.wasm'), wasm);
  writeFileSync(join(folder, 'extism.json'), JSON.stringify({ wasm: [{ path: 'second.wasm', hash }] }));
  writeFileSync(join(folder, 'describe.json'), JSON.stringify(description));
  writeFileSync(join(folder, 'THIRD-PARTY-NOTICES.txt'), 'There is no code of others in it.\n');
  return folder;
}

function moduleOf(description, echoes) {
  const bytes = Buffer.from(description);
  const quoted = [...bytes].map((byte) => `\\${byte.toString(16).padStart(2, '0')}`).join('');
  return `(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_offset" (func $input (result i64)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "${quoted}")

  (func (export "describe") (result i32) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.const ${bytes.length})))
    (loop $next
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at))) (i32.load8_u (local.get $at)))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (i32.const ${bytes.length}))))
    (call $output (local.get $block) (i64.const ${bytes.length}))
    (i32.const 0))

  (func $echo (result i32) (call $output (call $input) (call $input_length)) (i32.const 0))
  ${echoes.map((name) => `(export "${name}" (func $echo))`).join('\n  ')})`;
}
