/** HTTP over Node's own client, through the environment's proxy, and never to a private address unasked. */

import { lookup as resolve, type LookupAddress } from 'node:dns';
import { Agent, request as plainRequest, type ClientRequest, type IncomingMessage } from 'node:http';
import { Agent as SecureAgent, request as secureRequest } from 'node:https';
import type { LookupFunction, Socket } from 'node:net';
import { onAbort } from '../stop';
import type { PrivateAccess } from './access';
import { addressOf, bare } from './address';
import { bodyUpTo } from './body';
import { TooLarge } from './collected';
import { proxyFor, refused, Tunnel, type Environment, type Proxy } from './proxy';
import { hintOf, NotAllowed, reasonOf } from './reasons';
import type { Client, HttpFailure, HttpRequest, HttpResponse } from './transport';

export interface ClientSettings {
  access: PrivateAccess;
  environment: Environment;
  /** Whether connections are kept for the next request. */
  keepAlive: boolean;
  /** For a connection, with all its addresses: 15 s unless told otherwise. */
  connectMs?: number;
}

const CONNECT_MS = 15_000;

/**
 * For one of several addresses: Node gives 250 ms, which is less than the way from Australia to Moscow takes with
 * one packet lost.
 */
const ATTEMPT_MS = 2500;

/** How far a request has come: whether the service may have seen something of it. */
interface Stage {
  sent: boolean;
}

export class NodeClient implements Client {
  readonly #settings: ClientSettings;
  readonly #options: { keepAlive: boolean };
  readonly #connectMs: number;
  readonly #plain: Agent;
  readonly #secure: SecureAgent;
  readonly #tunnels = new Map<string, Tunnel>();

  constructor(settings: ClientSettings) {
    this.#settings = settings;
    this.#options = { keepAlive: settings.keepAlive };
    this.#connectMs = settings.connectMs ?? CONNECT_MS;
    this.#plain = new Agent(this.#options);
    this.#secure = new SecureAgent(this.#options);
  }

  async send(request: HttpRequest): Promise<HttpResponse | HttpFailure> {
    const stage: Stage = { sent: false };
    try {
      return await this.#exchanged(request, stage);
    } catch (error) {
      if (error instanceof TooLarge) return { reason: 'too_large' };
      if (request.signal.aborted) return { reason: stage.sent ? 'timeout' : 'connect' };
      return { reason: reasonOf(error), hint: hintOf(error, new URL(request.url).origin) };
    }
  }

  close(): void {
    for (const agent of [this.#plain, this.#secure, ...this.#tunnels.values()]) agent.destroy();
  }

  async #exchanged(request: HttpRequest, stage: Stage): Promise<HttpResponse> {
    const url = new URL(request.url);
    const proxy = proxyFor(url, this.#settings.environment);
    await this.#judge(url, proxy);
    const response = await this.#answered(this.#begun(url, request, proxy), request, stage);
    try {
      // Of a request that a proxy hands on, this answer is always its own.
      if (proxy && response.statusCode === 407) throw refused(proxy, 407);
      const body = await bodyUpTo(response, request.maxBytes);
      // A body without a length looks whole where it was cut off.
      request.signal.throwIfAborted();
      return { status: response.statusCode ?? 0, headers: headersOf(response), body };
    } finally {
      // Nothing more of it is read.
      if (!response.complete) response.destroy();
    }
  }

  #begun(url: URL, { method, headers }: HttpRequest, proxy: Proxy | null): ClientRequest {
    const common = { method, headers };
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
    const tunnel = known ?? new Tunnel(proxy, this.#connectMs, this.#options);
    this.#tunnels.set(proxy.url.href, tunnel);
    return tunnel;
  }

  /** The response's head. */
  #answered(request: ClientRequest, { body, signal }: HttpRequest, stage: Stage): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      let stopTimer = () => {};
      const off = onAbort(signal, () => request.destroy(new Error('aborted')));
      const connected = () => {
        stage.sent = true;
        stopTimer();
      };
      request.on('socket', (socket: Socket & { secureConnecting?: boolean }) => {
        if (!socket.secureConnecting && !socket.connecting) return connected();
        socket.once(socket.secureConnecting ? 'secureConnect' : 'connect', connected);
        // A socket's own timer counts anew with whatever passes, and waits for what is not written yet.
        stopTimer = onAbort(AbortSignal.timeout(this.#connectMs), () => request.destroy(noConnection()));
      });
      request.on('response', resolve);
      // An answer that asks for another protocol is none.
      request.on('upgrade', (response, socket) => {
        socket.destroy();
        resolve(response);
      });
      request.on('error', reject);
      request.on('close', () => {
        stopTimer();
        off();
        reject(signal.reason instanceof Error ? signal.reason : new Error('closed'));
      });
      request.end(body);
    });
  }

  /** Judges what is connected to by nobody else: an address, which is not looked up, and what a proxy looks up. */
  async #judge(url: URL, proxy: Proxy | null): Promise<void> {
    const { access } = this.#settings;
    const host = bare(url.hostname);
    if (addressOf(host)) {
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

/** Several of a name as one, as HTTP allows. */
function headersOf({ headers }: IncomingMessage): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name, [value ?? ''].flat().join(', ')]));
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
