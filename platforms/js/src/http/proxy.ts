/** Which requests go through which proxy, as the environment says; and the way through one. */

import { request as plainRequest } from 'node:http';
import { Agent as SecureAgent, request as secureRequest, type AgentOptions } from 'node:https';
import type { Socket } from 'node:net';
import type { Duplex } from 'node:stream';
import { connect as secureConnect, type ConnectionOptions } from 'node:tls';
import { onAbort } from '../stop';
import { addressOf, bare, blockOf, isIn } from './address';

export type Environment = Record<string, string | undefined>;

/** What is between this machine and the service. */
export class Proxy {
  readonly url: URL;
  /** The variable that names it. */
  readonly source: string;

  constructor(url: URL, source: string) {
    this.url = url;
    this.source = source;
  }

  /** For people: where it is and who says so, without its password. */
  toString(): string {
    return `${this.url.host} (${this.source})`;
  }

  /** The header by which it knows who may use it. */
  get authorization(): Record<string, string> {
    const { username, password } = this.url;
    if (username === '') return {};
    const credentials = `${decodeURIComponent(username)}:${decodeURIComponent(password)}`;
    return { 'proxy-authorization': `Basic ${Buffer.from(credentials).toString('base64')}` };
  }

  /** What `http.request` takes to talk to the proxy itself. */
  get address() {
    const { protocol, hostname, port } = this.url;
    const isSecure = protocol === 'https:';
    return { host: bare(hostname), port: Number(port || (isSecure ? 443 : 80)), isSecure };
  }
}

/** There is no way through a proxy. Nothing has reached the service. */
export class ProxyError extends Error {
  /** What to do, in a sentence for people. */
  readonly hint: string;
  readonly code = 'ERR_PROXY';

  constructor(hint: string) {
    super(hint);
    this.hint = hint;
  }
}

/**
 * The proxy for a request: `HTTPS_PROXY` for https, `HTTP_PROXY` for http, else `ALL_PROXY`, in capitals or not, but
 * for what `NO_PROXY` names. This machine is never meant.
 */
export function proxyFor(url: URL, environment: Environment): Proxy | null {
  const host = bare(url.hostname);
  if (isThisMachine(host) || isDirect(host, portOf(url), list(environment))) return null;
  const scheme = url.protocol.slice(0, -1);
  const names = [`${scheme}_proxy`, `${scheme.toUpperCase()}_PROXY`, 'all_proxy', 'ALL_PROXY'];
  const source = names.find((name) => environment[name]?.trim());
  if (!source) return null;
  const text = environment[source]!.trim();
  const address = text.includes('://') ? text : `http://${text}`;
  const proxy = URL.canParse(address) ? new URL(address) : null;
  if (!proxy || !['http:', 'https:'].includes(proxy.protocol) || proxy.hostname === '') {
    // Not the value: it may hold a password.
    throw new ProxyError(`${source} is not the address of an HTTP proxy: it looks like http://proxy.example:3128.`);
  }
  return new Proxy(proxy, source);
}

/** TLS to a service through a proxy, which only sees where it goes. */
export class Tunnel extends SecureAgent {
  readonly #proxy: Proxy;
  readonly #timeoutMs: number;

  constructor(proxy: Proxy, timeoutMs: number, options: AgentOptions) {
    super(options);
    this.#proxy = proxy;
    this.#timeoutMs = timeoutMs;
  }

  // As Node calls it: the socket comes later.
  override createConnection(options: ConnectionOptions, ready?: (error: Error | null, socket: Duplex) => void) {
    const { host, port, isSecure } = this.#proxy.address;
    const target = `${options.host?.includes(':') ? `[${options.host}]` : options.host}:${options.port}`;
    const fail = (error: Error) => ready?.(error, undefined as never);
    const ask = (isSecure ? secureRequest : plainRequest)({
      host,
      port,
      method: 'CONNECT',
      path: target,
      headers: { host: target, ...this.#proxy.authorization },
      agent: false,
    });
    const stopTimer = onAbort(AbortSignal.timeout(this.#timeoutMs), () => ask.destroy(new Error('timeout')));
    ask.once('close', stopTimer);
    ask.once('connect', ({ statusCode }, socket: Socket) => {
      stopTimer();
      if (statusCode === 200) return ready?.(null, secureConnect({ ...options, socket }));
      socket.destroy();
      fail(refused(this.#proxy, statusCode));
    });
    ask.once('response', (response) => {
      response.destroy();
      fail(refused(this.#proxy, response.statusCode));
    });
    ask.once('error', () => fail(new ProxyError(`There is no connection to the proxy ${this.#proxy}.`)));
    ask.end();
    return undefined;
  }
}

/** What a proxy that lets nobody through has to be told. */
export function refused(proxy: Proxy, status: number | undefined): ProxyError {
  return new ProxyError(
    status === 407
      ? `The proxy ${proxy} wants to know who asks (HTTP 407): put its user name and password into ${proxy.source}, as http://USER:PASSWORD@${proxy.url.host}.`
      : `The proxy ${proxy} refused (HTTP ${status}).`,
  );
}

function isThisMachine(host: string): boolean {
  return /^(.*\.)?localhost\.?$/i.test(host) || /^127\./.test(host) || host === '::1';
}

function list(environment: Environment): string[] {
  const text = environment.no_proxy?.trim() || environment.NO_PROXY || '';
  return text.split(/[\s,]+/).filter((entry) => entry !== '');
}

/** Whether an entry matches: `*`, a domain and all below it, an address or a block of them; each may have a port. */
function isDirect(host: string, port: string, entries: string[]): boolean {
  return entries.some((entry) => {
    if (entry === '*') return true;
    if (isInBlock(host, bare(entry))) return true;
    const [, name = '', only] = /^(.*?)(?::(\d+))?$/.exec(entry) ?? [];
    if (only !== undefined && only !== port) return false;
    if (isInBlock(host, bare(name))) return true;
    const domain = name
      .replace(/^\*?\.?/, '')
      .replace(/\.$/, '')
      .toLowerCase();
    const asked = host.replace(/\.$/, '').toLowerCase();
    return domain !== '' && (asked === domain || asked.endsWith(`.${domain}`));
  });
}

function isInBlock(host: string, entry: string): boolean {
  const [address, block] = [addressOf(host), blockOf(entry)];
  return address !== null && block !== null && isIn(address, block);
}

function portOf({ protocol, port }: URL): string {
  return port || (protocol === 'https:' ? '443' : '80');
}
