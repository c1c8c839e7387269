/** One HTTP request over Node's own client, through the environment's proxy, and never to a private address unasked. */

import { lookup as resolve, type LookupAddress } from 'node:dns';
import { Agent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import { isIP, type LookupFunction, type Socket } from 'node:net';
import type { PrivateAccess } from './access';
import { bare, proxyFor, refused, Tunnel, type Environment, type Proxy } from './proxy';

export interface Outgoing {
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array | undefined;
  signal: AbortSignal;
  /** Whether the service may have seen something of it. */
  stage: { sent: boolean };
}

export interface Incoming {
  status: number;
  header(name: string): string | null;
  body: AsyncIterable<Uint8Array>;
}

export interface Client {
  /** No redirect is followed. Fails with whatever went wrong. */
  send(request: Outgoing): Promise<Incoming>;
  /** Ends what is kept open. */
  close(): void;
}

export interface ClientSettings {
  access: PrivateAccess;
  environment: Environment;
  /** Whether connections are kept for the next request. */
  keepAlive: boolean;
}

/** For a connection, with all its addresses. */
const CONNECT_MS = 15_000;

/**
 * For one of several addresses: Node gives 250 ms, which is less than the way from Australia to Moscow takes with
 * one packet lost.
 */
const ATTEMPT_MS = 2500;

/** The operator has not allowed the address that a name stands for. */
export class NotAllowed extends Error {
  readonly code = 'ERR_NOT_ALLOWED';
}

export class NodeClient implements Client {
  readonly #settings: ClientSettings;
  readonly #options: { keepAlive: boolean };
  readonly #plain: Agent;
  readonly #secure: SecureAgent;
  readonly #tunnels = new Map<string, Tunnel>();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#options = { keepAlive: settings.keepAlive };
    this.#plain = new Agent(this.#options);
    this.#secure = new SecureAgent(this.#options);
  }

  async send(outgoing: Outgoing): Promise<Incoming> {
    const url = new URL(outgoing.url);
    const proxy = proxyFor(url, this.#settings.environment);
    await this.#judge(url, proxy);
    const response = await answered(this.#request(url, outgoing, proxy), outgoing);
    // Of a request that a proxy hands on, this answer is always its own.
    if (proxy && response.statusCode === 407) {
      response.destroy();
      outgoing.stage.sent = false;
      throw refused(proxy, 407);
    }
    const header = (name: string) => [response.headers[name] ?? null].flat()[0] ?? null;
    return { status: response.statusCode ?? 0, header, body: response };
  }

  close(): void {
    for (const agent of [this.#plain, this.#secure, ...this.#tunnels.values()]) agent.destroy();
  }

  #request(url: URL, { method, headers, signal }: Outgoing, proxy: Proxy | null): ClientRequest {
    const common = { method, headers, signal };
    if (url.protocol === 'https:') {
      const agent = proxy ? this.#tunnel(proxy) : this.#secure;
      return secureRequest(url, { ...common, agent, ...(!proxy && this.#connecting(url)) });
    }
    if (!proxy) return plainRequest(url, { ...common, agent: this.#plain, ...this.#connecting(url) });
    const { host, port, isSecure } = proxy.address;
    const through = { ...headers, host: url.host, ...proxy.authorization };
    const request = isSecure ? secureRequest : plainRequest;
    return request({ ...common, host, port, path: url.href, headers: through, agent: false });
  }

  #tunnel(proxy: Proxy): Tunnel {
    const known = this.#tunnels.get(proxy.url.href);
    const tunnel = known ?? new Tunnel(proxy, CONNECT_MS, this.#options);
    this.#tunnels.set(proxy.url.href, tunnel);
    return tunnel;
  }

  /** Judges what is connected to by nobody else: an address, which is not looked up, and what a proxy looks up. */
  async #judge(url: URL, proxy: Proxy | null): Promise<void> {
    const { access } = this.#settings;
    const host = bare(url.hostname);
    if (isIP(host) !== 0) {
      if (!access.allows(url.origin, host)) throw new NotAllowed();
    } else if (proxy && !access.names(url.origin)) {
      // Where only the proxy knows names, it has to be trusted with them.
      const addresses = await addressesOf(host).catch(() => []);
      if (addresses.some(({ address }) => !access.allows(url.origin, address))) throw new NotAllowed();
    }
  }

  /** What a name stands for is judged when it is connected to, and so can't be another thing by then. */
  #connecting({ origin }: URL) {
    const { access } = this.#settings;
    const lookup: LookupFunction = (host, options, found) => {
      addressesOf(host, options.family).then(
        (all) => {
          const allowed = all.filter(({ address }) => access.allows(origin, address));
          const [first] = allowed;
          if (!first) return found(new NotAllowed(), '', 0);
          if (options.all) found(null, allowed);
          else found(null, first.address, first.family);
        },
        (error: NodeJS.ErrnoException) => found(error, '', 0),
      );
    };
    return { lookup, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: ATTEMPT_MS };
  }
}

/** The response's head. */
function answered(request: ClientRequest, { body, signal, stage }: Outgoing): Promise<IncomingMessage> {
  stage.sent = false;
  return new Promise((resolve, reject) => {
    const late = setTimeout(() => request.destroy(noConnection()), CONNECT_MS);
    const connected = () => {
      clearTimeout(late);
      stage.sent = true;
    };
    request.on('socket', (socket: Socket & { secureConnecting?: boolean }) => {
      if (socket.secureConnecting) socket.once('secureConnect', connected);
      else if (socket.connecting) socket.once('connect', connected);
      else connected();
    });
    request.on('response', resolve);
    // An answer that asks for another protocol is none.
    request.on('upgrade', (response, socket) => {
      socket.destroy();
      resolve(response);
    });
    request.on('error', reject);
    request.on('close', () => {
      clearTimeout(late);
      reject(signal.reason instanceof Error ? signal.reason : new Error('closed'));
    });
    request.end(body);
  });
}

function noConnection(): Error {
  return Object.assign(new Error('no connection in time'), { code: 'ETIMEDOUT', syscall: 'connect' });
}

function addressesOf(host: string, family?: number | string): Promise<LookupAddress[]> {
  const wanted = family === 4 || family === 'IPv4' ? 4 : family === 6 || family === 'IPv6' ? 6 : 0;
  return new Promise((found, failed) => {
    resolve(host, { all: true, family: wanted }, (error, addresses) => (error ? failed(error) : found(addresses)));
  });
}
