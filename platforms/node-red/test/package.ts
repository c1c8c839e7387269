// The package as it is built, in as much of Node-RED as it needs.

import { execFileSync } from 'node:child_process';
import { EventEmitter } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after } from 'node:test';
import { createContext, runInContext } from 'node:vm';

const WORK = mkdtempSync(join(tmpdir(), 'node-red-justclick-'));
after(() => rmSync(WORK, { recursive: true }));

/** The bundle of the second plugin, a shop. */
export const SHOP = process.env.SHOP_BUNDLE ?? '';

/** The package of a bundle; without one, of the plugin that the tests are built with. */
export function built(
  name: string,
  plugin?: string,
  of = plugin === undefined ? 'justclick' : 'shop',
): { html: string; file: string; folder: string } {
  const folder = join(WORK, name);
  const script = `
    const { build } = await import(${JSON.stringify(join(process.cwd(), 'build.mjs'))});
    await build(${JSON.stringify(folder)}${plugin === undefined ? '' : `, ${JSON.stringify(plugin)}`});`;
  execFileSync(process.execPath, ['--input-type=module', '--eval', script]);
  const file = join(folder, `dist/${of}.js`);
  return { html: readFileSync(join(folder, `dist/${of}.html`), 'utf8'), file, folder };
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
  return { justclick: JSON.parse(readFileSync(join('locales', `${language}.json`), 'utf8')) };
}

/** As the editor looks up a text. */
export function translated(key: string, values: Record<string, string> = {}, language = 'en-US'): string {
  const text = (key.split('.').reduce((at, part) => at?.[part], catalogue(language)) ?? key) as string;
  return text.replace(/__(\w+)__/g, (_, name) => values[name] ?? '');
}

const ACCOUNT = {
  type: 'justclick-connection',
  login: 'l',
  base_url: 'http://127.0.0.1:4',
  credentials: { api_key: 'kkkkkkkk' },
};

/** A folder of its own for Node-RED's user. */
export function userFolder(): string {
  return mkdtempSync(join(WORK, 'user-'));
}

export function runtime(file: string, other: object = {}, connection: { type: string } = ACCOUNT) {
  const types: Record<string, Function> = {};
  /** The deployed config nodes. */
  const config: Record<string, any> = {};
  const routes: Record<string, Function[]> = {};
  const events = new EventEmitter();
  /** What nodes have added to theirs. */
  const credentials: Record<string, unknown> = {};
  const RED = {
    nodes: {
      createNode: (node: any, def: any) => {
        node.id = def.id ?? 'node';
        node.name = def.name;
        node.sent = [];
        node.told = [];
        node.on = (event: string, listener: Function) => (node[event] = listener);
        node.send = (msg: unknown) => node.sent.push(msg);
        node.status = (status: unknown) => (node.shown = status);
        node.log = () => {};
        node.warn = (text: string) => node.told.push(text);
        node.error = (error: unknown) => node.told.push(String(error));
        node.credentials = def.credentials;
      },
      registerType: (name: string, type: Function) => (types[name] = type),
      getNode: (id: string) => config[id] ?? null,
      eachNode: (each: Function) => Object.entries(config).forEach(([id, { type }]) => each({ id, type })),
      addCredentials: (id: string, added: unknown) => (credentials[id] = added),
      getCredentials: (id: string) => config[id]?.credentials,
    },
    events,
    settings: { userDir: WORK, httpNodeRoot: '/' },
    httpNode: { all: (path: string, handler: Function) => (routes[path] = [handler]) },
    httpAdmin: { post: (path: string, ...handlers: Function[]) => (routes[path] = handlers) },
    auth: { needsPermission: (name: string) => name },
    util: {
      getSetting: (_: unknown, name: string) => process.env[name],
      evaluateNodeProperty: (value: string, type: string, _: unknown, msg: any, done: Function) => {
        if (type === 'jsonata') throw new Error('Expected ")"');
        if (type === 'json') return done(null, JSON.parse(value));
        done(null, type === 'msg' ? value.split('.').reduce((at: any, key) => at?.[key], msg) : value);
      },
    },
  };
  require(file)({ ...RED, ...other });
  const make = (type: string, def: object) => Reflect.construct(types[type]!, [def], types[type]) as any;
  config.shop = make(connection.type, connection);
  config.shop.type = connection.type;
  return { make, config, routes, credentials, started: () => events.emit('flows:started') };
}

/** As much of Express as answers a route with two parameters; `stop` ends it. */
export async function served(handler: Function): Promise<{ url: string; stop: () => void }> {
  const server = createServer((request: any, response: any) => {
    const [, , trigger, secret] = new URL(request.url, 'http://a').pathname.split('/');
    Object.assign(request, { params: { trigger, secret }, originalUrl: request.url });
    response.status = (status: number) => Object.assign(response, { statusCode: status });
    response.set = (headers: object) => {
      for (const [name, value] of Object.entries(headers)) response.setHeader(name, value);
      return response;
    };
    handler(request, response, () => response.status(404).end());
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const stop = () => {
    server.close();
    server.closeAllConnections();
  };
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`, stop };
}
