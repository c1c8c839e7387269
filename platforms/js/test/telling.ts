/** A plugin whose triggers say what they are told to say: the connection's `said`. It logs what it was given. */

import type { Settings, Trigger } from 'plugin-engine';
import { compiled } from './hostile';
import { BLOCKS, describing, IMPORTS } from './wat';

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

const SOURCE = `(module${IMPORTS}${describing(DATA)}${BLOCKS}
  (data (i32.const 0x8000) "said")
  (func $said (result i64) (call $log (call $input)) (call $config (call $text (i32.const 0x8000) (i32.const 4))))
  ${EXPORTS.filter((name) => name !== 'fail')
    .map((name) => `(func (export "${name}") (result i32) (call $put (call $said)) (i32.const 0))`)
    .join('\n')}
  (func (export "fail") (result i32) (call $error (call $said)) (i32.const 1)))`;

export function telling(): Promise<Pick<Settings, 'wasm' | 'sha256'>> {
  return compiled(SOURCE);
}
