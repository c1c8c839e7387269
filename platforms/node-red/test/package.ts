// The package as it is built, in as much of Node-RED as it needs.

import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createContext, runInContext } from 'node:vm';
import type { Description } from '@justclick/plugin';

const WORK = mkdtempSync(join(tmpdir(), 'node-red-justclick-'));
after(() => rmSync(WORK, { recursive: true }));

export function built(name: string, of: Description): { html: string; file: string } {
  const folder = join(WORK, name);
  const input = join(WORK, `${name}.json`);
  writeFileSync(input, JSON.stringify(of));
  const script = `
    const { build } = await import(${JSON.stringify(join(process.cwd(), 'build.mjs'))});
    const { readFileSync } = await import('node:fs');
    await build(${JSON.stringify(folder)}, JSON.parse(readFileSync(${JSON.stringify(input)}, 'utf8')));`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
  return { html: readFileSync(join(folder, 'justclick.html'), 'utf8'), file: join(folder, 'justclick.js') };
}

/** What the editor's script registers. */
export function registered(html: string): Record<string, any> {
  const script = /<script type="text\/javascript">([\s\S]*?)<\/script>/.exec(html)?.[1] ?? '';
  const types: Record<string, any> = {};
  const RED = { nodes: { registerType: (name: string, definition: unknown) => (types[name] = definition) } };
  runInContext(script, createContext({ RED }));
  return types;
}

/** What `locales/` has for a key. */
export function catalogue(language: string): any {
  return JSON.parse(readFileSync(join('locales', language, 'justclick.json'), 'utf8'));
}

/** As the editor looks up a text. */
export function translated(key: string, values: Record<string, string> = {}, language = 'en-US'): string {
  const text = key.split('.').reduce((at, part) => at[part], catalogue(language)) as string;
  return text.replace(/__(\w+)__/g, (_, name) => values[name] ?? '');
}

export function runtime(file: string, other: object = {}) {
  const types: Record<string, Function> = {};
  /** The deployed config nodes. */
  const config: Record<string, any> = {};
  const routes: Record<string, Function[]> = {};
  const RED = {
    nodes: {
      createNode: (node: any, def: any) => {
        node.on = (event: string, listener: Function) => (node[event] = listener);
        node.status = (status: unknown) => (node.shown = status);
        node.error = node.log = () => {};
        node.credentials = def.credentials;
      },
      registerType: (name: string, type: Function) => (types[name] = type),
      getNode: (id: string) => config[id] ?? null,
      eachNode: (each: Function) => Object.entries(config).forEach(([id, { type }]) => each({ id, type })),
      getCredentials: (id: string) => config[id]?.credentials,
    },
    httpAdmin: { post: (path: string, ...handlers: Function[]) => (routes[path] = handlers) },
    auth: { needsPermission: (name: string) => name },
    util: {
      getSetting: (_: unknown, name: string) => process.env[name],
      evaluateNodeProperty: (value: string, type: string, _: unknown, msg: any, done: Function) => {
        if (type === 'jsonata') throw new Error('Expected ")"');
        done(null, type === 'msg' ? value.split('.').reduce((at: any, key) => at?.[key], msg) : value);
      },
    },
  };
  require(file)({ ...RED, ...other });
  const make = (type: string, def: object) => Reflect.construct(types[type]!, [def], types[type]) as any;
  config.shop = make('justclick-connection', {
    login: 'l',
    base_url: 'http://127.0.0.1:4',
    credentials: { api_key: 'kkkkkkkk' },
  });
  config.shop.type = 'justclick-connection';
  return { make, config, routes };
}
