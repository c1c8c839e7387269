/** A plugin whose triggers say what they are told to say: the connection's `said`. It logs what it was given. */

import type { Settings, Trigger } from 'plugin-engine';
import { compiled, quoted } from './hostile';

const EXPORTS = ['poll', 'webhook', 'subscribe', 'unsubscribe', 'look', 'fail'];

const schema = (...names: string[]) => ({
  type: 'object' as const,
  properties: Object.fromEntries(names.map((name) => [name, { type: 'string' }])),
});

function trigger(name: string, delivery: Trigger['delivery'], more: Partial<Trigger> = {}): Trigger {
  return {
    name,
    title: name,
    description: 'Triggers when it is told to.',
    delivery,
    inputSchema: { ...schema('text'), properties: { text: { type: 'string' }, number: { type: 'integer' } } },
    eventSchema: schema('id'),
    sample: {},
    ...more,
  };
}

const DESCRIPTION = {
  contract: 1,
  name: 'telling',
  title: 'Telling',
  version: '1',
  connection: {
    schema: { type: 'object', properties: { said: { type: 'string' }, key: { type: 'string', writeOnly: true } } },
    check: 'look',
    origins: [],
  },
  actions: [
    {
      name: 'look',
      title: 'Look',
      description: 'Looks.',
      inputSchema: schema('id'),
      outputSchema: schema(),
      annotations: { readOnlyHint: true },
    },
  ],
  triggers: [
    trigger('poll', 'poll'),
    trigger('fail', 'poll'),
    trigger('webhook', 'webhook', {
      subscribe: 'subscribe',
      unsubscribe: 'unsubscribe',
      confirm: { action: 'look', arguments: { id: 'id' }, holds: [{ pointer: '/id', field: 'id' }] },
    }),
  ],
};

const DATA = JSON.stringify(DESCRIPTION);

const SOURCE = `(module
  (import "extism:host/env" "alloc" (func $alloc (param i64) (result i64)))
  (import "extism:host/env" "length" (func $length (param i64) (result i64)))
  (import "extism:host/env" "store_u8" (func $store (param i64 i32)))
  (import "extism:host/env" "input_length" (func $input_length (result i64)))
  (import "extism:host/env" "input_load_u8" (func $input_load (param i64) (result i32)))
  (import "extism:host/env" "output_set" (func $output (param i64 i64)))
  (import "extism:host/env" "error_set" (func $error (param i64)))
  (import "extism:host/env" "config_get" (func $config (param i64) (result i64)))
  (import "extism:host/env" "log_info" (func $log (param i64)))
  (memory (export "memory") 1)
  (data (i32.const 0) "${quoted(DATA)}")
  (data (i32.const 0x8000) "said")
  (func $text (param $from i32) (param $length i32) (result i64) (local $block i64) (local $at i32)
    (local.set $block (call $alloc (i64.extend_i32_u (local.get $length))))
    (loop $next
      (call $store (i64.add (local.get $block) (i64.extend_i32_u (local.get $at)))
        (i32.load8_u (i32.add (local.get $from) (local.get $at))))
      (local.set $at (i32.add (local.get $at) (i32.const 1)))
      (br_if $next (i32.lt_u (local.get $at) (local.get $length))))
    (local.get $block))
  (func $input (result i64) (local $block i64) (local $at i64)
    (local.set $block (call $alloc (call $input_length)))
    (loop $next
      (call $store (i64.add (local.get $block) (local.get $at)) (call $input_load (local.get $at)))
      (local.set $at (i64.add (local.get $at) (i64.const 1)))
      (br_if $next (i64.lt_u (local.get $at) (call $input_length))))
    (local.get $block))
  (func $put (param $block i64) (call $output (local.get $block) (call $length (local.get $block))))
  (func $said (result i64) (call $log (call $input)) (call $config (call $text (i32.const 0x8000) (i32.const 4))))
  (func (export "describe") (result i32)
    (call $put (call $text (i32.const 0) (i32.const ${Buffer.byteLength(DATA)}))) (i32.const 0))
  ${EXPORTS.filter((name) => name !== 'fail')
    .map((name) => `(func (export "${name}") (result i32) (call $put (call $said)) (i32.const 0))`)
    .join('\n')}
  (func (export "fail") (result i32) (call $error (call $said)) (i32.const 1)))`;

export function telling(): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  return compiled(SOURCE);
}
