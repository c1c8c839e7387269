/** A plugin of the contract that does what a good one does not, from text, so that what it does can be read. */

import { createHash } from 'node:crypto';
import wabt from 'wabt';
import type { Settings } from 'plugin-engine';
import { BLOCKS, describing, IMPORTS } from './wat';

const ACTIONS = [
  ...[
    'relay',
    'relay_twice',
    'repeat',
    'remember',
    'mark',
    'count',
    'say',
    'tell',
    'mumble',
    'babble',
    'wants',
    'swell',
  ],
  ...['trap', 'recurse', 'grow', 'grow_unseen', 'blocks', 'huge_block', 'huge_output', 'catch'],
];

function description(contract: number) {
  const schema = {
    type: 'object',
    properties: { base_url: { type: 'string' }, key: { type: 'string', writeOnly: true } },
  };
  return {
    contract,
    name: 'hostile',
    title: 'Hostile',
    version: '1',
    connection: { schema, check: 'mark', origins: ['base_url'] },
    actions: ACTIONS.map((name) => ({ name, title: name, inputSchema: {}, outputSchema: {} })),
  };
}

const text = (data: string) => `(module${IMPORTS}${describing(data)}
  (data (i32.const 0x8000) "n\\00\\00\\00key\\00{\\22n\\22:0}")
  (global $counter (mut i32) (i32.const 0))${BLOCKS}
  ;; {"n":…}, a single digit.
  (func $put_number (param $n i32)
    (i32.store8 (i32.const 0x800d) (i32.add (i32.const 48) (local.get $n)))
    (call $put (call $text (i32.const 0x8008) (i32.const 7))))

  ;; Makes its input the request, and answers with the response.
  (func (export "relay") (result i32) (call $put (call $request (call $input) (i64.const 0))) (i32.const 0))
  (func (export "relay_twice") (result i32)
    (drop (call $request (call $input) (i64.const 0)))
    (call $put (call $request (call $input) (call $text (i32.const 0x8000) (i32.const 1)))) (i32.const 0))
  ;; Until there is a response.
  (func (export "repeat") (result i32)
    (loop $again
      (drop (call $request (call $input) (i64.const 0)))
      (br_if $again (i32.eqz (call $status))))
    (i32.const 0))
  ;; Makes a variable longer by a byte before its request, and answers with what its length was.
  (func (export "remember") (result i32) (local $was i32)
    (local.set $was (i32.wrap_i64 (call $length (call $var_get (call $text (i32.const 0x8000) (i32.const 1))))))
    (call $var_set (call $text (i32.const 0x8000) (i32.const 1))
      (call $alloc (i64.extend_i32_u (i32.add (local.get $was) (i32.const 1)))))
    (drop (call $request (call $input) (i64.const 0)))
    (call $put_number (local.get $was)) (i32.const 0))
  ;; How often it has run in this memory.
  (func (export "mark") (result i32)
    (call $put_number (i32.load8_u (i32.const 0x9000)))
    (i32.store8 (i32.const 0x9000) (i32.add (i32.load8_u (i32.const 0x9000)) (i32.const 1))) (i32.const 0))
  ;; Numbers its requests over all runs: they are not the same when it is run again.
  (func (export "count") (result i32) (local $body i64)
    (global.set $counter (i32.add (global.get $counter) (i32.const 1)))
    (local.set $body (call $alloc (i64.const 1)))
    (call $store (local.get $body) (global.get $counter))
    (call $put (call $request (call $input) (local.get $body))) (i32.const 0))
  (func (export "say") (result i32)
    (call $log (call $text (i32.const 0x8004) (i32.const 3)))
    (call $log (call $config (call $text (i32.const 0x8004) (i32.const 3))))
    (call $put (call $request (call $input) (i64.const 0))) (i32.const 0))
  ;; Fails with its input, and returns 0 all the same.
  (func (export "tell") (result i32) (call $error (call $input)) (i32.const 0))
  ;; Fails with a text that is no error document; answers with one that is no JSON.
  (func (export "mumble") (result i32) (call $error (call $text (i32.const 0) (i32.const 9))) (i32.const 1))
  (func (export "babble") (result i32) (call $put (call $text (i32.const 0) (i32.const 9))) (i32.const 0))
  (func (export "trap") (result i32) unreachable)
  (func $deeper (export "recurse") (result i32) (i32.add (call $deeper) (i32.const 1)))
  (func (export "grow") (result i32)
    (drop (memory.grow (i32.const 2000))) (drop (call $alloc (i64.const 1))) (loop $for_ever (br $for_ever)) (i32.const 0))
  (func (export "grow_unseen") (result i32) (drop (memory.grow (i32.const 2000))) (i32.const 0))
  ;; Takes more memory than is kept, and no more than it may.
  (func (export "swell") (result i32)
    (drop (memory.grow (i32.const 70))) (call $put_number (i32.load8_u (i32.const 0x9000)))
    (i32.store8 (i32.const 0x9000) (i32.const 9)) (i32.const 0))
  (func (export "blocks") (result i32) (loop $more (drop (call $alloc (i64.const 1))) (br $more)) (i32.const 0))
  (func (export "huge_block") (result i32) (drop (call $alloc (i64.const -1))) (i32.const 0))
  ;; Goes on as if nothing had been.
  (func (export "catch") (result i32)
    (try (do (drop (call $alloc (i64.const -1)))) (catch_all))
    (try (do (call $put_number (i32.const 0))) (catch_all))
    (i32.const 0))
  (func (export "huge_output") (result i32) (call $output (i64.const 16) (i64.const 0x7fffffff)) (i32.const 0)))`;

export async function compiled(source: string): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  const wasm = (await wabt()).parseWat('hostile.wat', source, { exceptions: true }).toBinary({}).buffer;
  return { wasm, sha256: createHash('sha256').update(wasm).digest('hex') };
}

export function hostile(contract = 1): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  return compiled(text(JSON.stringify(description(contract))));
}

/** One that wants what no host of the contract has. */
export function greedy(): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  return compiled('(module (import "env" "random" (func)) (func (export "describe")))');
}
