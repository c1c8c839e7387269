/** HTTP for one instance: what stands behind the plugin's `http_request`. */

import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { Client, Incoming } from './client';
import { originOf } from './connection';
import { mayBeSent } from './headers';
import { BEFORE_SENDING, hintOf, reasonOf, type Reason } from './reasons';

export interface HttpLimits {
  client: Client;
  maxBytes: number;
  /** How many requests a call may make. */
  maxRequests: number;
}

/** What one call's requests leave behind. */
export interface Exchange {
  /** Ends its requests. */
  signal: AbortSignal;
  /** Whether the service may have seen a request of the call. */
  mayHaveArrived: boolean;
  /** Whether `signal` ended one. */
  interrupted: boolean;
  /** How many there have been. */
  requests: number;
  /** Of the last response. */
  retryAfterS: number | undefined;
  /** What only the host knows of the last request, in a sentence for people. */
  hint: string | undefined;
}

/** As much of a `Response` as Extism reads; unlike a real one it can have status 0 and a body. */
type Answer = Pick<Response, 'status' | 'headers' | 'arrayBuffer'>;

/**
 * Extism can't have a `fetch` that throws, because its worker dies of it and the next call hangs. So
 * each failure is an answer with status 0 and the contract's word. Only when the instance has been
 * ended it throws, on purpose: Extism would wait for ever for the worker to read an answer.
 */
export class Http {
  readonly #limits: HttpLimits;
  readonly #origins: ReadonlySet<string>;
  #exchange: Exchange | null = null;
  /** Of the request that is under way. */
  #stop = new AbortController();
  #ended = false;

  constructor(limits: HttpLimits, origins: ReadonlySet<string>) {
    this.#limits = limits;
    this.#origins = origins;
  }

  get maxBytes(): number {
    return this.#limits.maxBytes;
  }

  /** Takes the requests from now on as those of one call. */
  begin(signal: AbortSignal): Exchange {
    this.#exchange = {
      signal,
      mayHaveArrived: false,
      interrupted: false,
      requests: 0,
      retryAfterS: undefined,
      hint: undefined,
    };
    return this.#exchange;
  }

  /** Lets requests that are under way fail, and all later ones. */
  end(): void {
    this.#ended = true;
    this.#stop.abort();
  }

  /** For Extism, in place of `fetch`. */
  readonly fetch = async (url: string, request: RequestInit): Promise<Answer> => {
    const exchange = this.#exchange ?? this.begin(this.#stop.signal);
    exchange.retryAfterS = exchange.hint = undefined;
    const answer = await this.#answer(url, request, exchange);
    if (this.#ended) throw new Error('the instance was ended');
    return answer;
  };

  async #answer(url: string, request: RequestInit, exchange: Exchange): Promise<Answer> {
    const origin = originOf(url);
    const { method = 'GET', headers } = request;
    const isOwn = origin !== null && this.#origins.has(origin);
    if (!isOwn || !isPlain(url) || !mayBeSent(method, headersOf(headers))) return without('not_allowed');
    exchange.requests += 1;
    if (exchange.requests > this.#limits.maxRequests) return without('not_allowed');

    if (exchange.signal.aborted) {
      exchange.interrupted = true;
      return without('not_sent');
    }
    const arrivedBefore = exchange.mayHaveArrived;
    exchange.mayHaveArrived = true;
    const stop = new AbortController();
    if (this.#ended) stop.abort();
    this.#stop = stop;
    const signal = AbortSignal.any([exchange.signal, stop.signal]);
    const stage = { sent: true };
    try {
      return await Promise.race([this.#exchanged(url, request, exchange, signal, stage), aborted(signal)]);
    } catch (error) {
      if (signal.aborted) exchange.interrupted = true;
      const inTime = stage.sent ? 'timeout' : 'connect';
      const reason = error instanceof TooLarge ? 'too_large' : signal.aborted ? inTime : reasonOf(error);
      if (BEFORE_SENDING.includes(reason)) exchange.mayHaveArrived = arrivedBefore;
      exchange.hint = signal.aborted ? undefined : hintOf(error, origin);
      return without(reason);
    } finally {
      // Nothing of the response is read any more.
      stop.abort();
    }
  }

  async #exchanged(
    url: string,
    { method = 'GET', headers: given, body }: RequestInit,
    exchange: Exchange,
    signal: AbortSignal,
    stage: { sent: boolean },
  ): Promise<Answer> {
    const headers = Object.fromEntries(headersOf(given));
    // A packed answer would only be a way to make a small one large.
    headers['accept-encoding'] = 'identity';
    const bytes = typeof body === 'string' ? new TextEncoder().encode(body) : (body as Uint8Array | null | undefined);
    const content = bytes && bytes.byteLength > 0 ? bytes : undefined;
    const response = await this.#limits.client.send({ url, method, headers, body: content, signal, stage });
    exchange.retryAfterS = retryAfter(response.header('retry-after'), Date.now());
    exchange.hint = sentElsewhere(response, url);
    const whole = await bodyUpTo(response, this.#limits.maxBytes);
    return { status: response.status, headers: new Headers(), arrayBuffer: () => Promise.resolve(whole) };
  }
}

/** Without a user name and a password, which no client would send on as they are. */
function isPlain(url: string): boolean {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

function headersOf(headers: RequestInit['headers']): [string, string][] {
  return [...new Headers(headers)];
}

/** Of a redirect, which nobody follows: where to. Not its path, which may be anything. */
function sentElsewhere({ status, header }: Incoming, url: string): string | undefined {
  const location = status >= 300 && status < 400 ? header('location') : null;
  const target = location !== null && URL.canParse(location, url) ? originOf(new URL(location, url).href) : null;
  return target === null ? undefined : `It was sent to ${target}.`;
}

/** Of a `Retry-After`. */
const LONGEST_S = 24 * 60 * 60;

class TooLarge extends Error {}

/** A server may pack its answer though it was asked not to. */
const UNPACKERS: Record<string, () => Duplex> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Counts what has been unpacked, while it comes. */
async function bodyUpTo({ header, body }: Incoming, maxBytes: number): Promise<ArrayBuffer> {
  const unpack = UNPACKERS[header('content-encoding')?.trim().toLowerCase() ?? ''];
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of unpack ? unpacked(body, unpack()) : body) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new TooLarge();
    chunks.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of chunks) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole.buffer;
}

/** What comes out of `unpacker`, which ends with whichever side ends first. */
function unpacked(body: AsyncIterable<Uint8Array>, unpacker: Duplex): AsyncIterable<Uint8Array> {
  // Whoever reads is told of every error.
  pipeline(body, unpacker, () => {});
  return unpacker;
}

function without(reason: Reason): Answer {
  const body = new TextEncoder().encode(reason);
  return { status: 0, headers: new Headers(), arrayBuffer: () => Promise.resolve(body.buffer) };
}

/** A client of someone else's may not heed its signal. */
function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_, reject) => {
    const stop = () => reject(new Error('aborted'));
    if (signal.aborted) stop();
    else signal.addEventListener('abort', stop, { once: true });
  });
}

/** The seconds that a `Retry-After` header asks for: a number, or an HTTP date. */
export function retryAfter(header: string | null, now: number): number | undefined {
  const value = header?.trim() ?? '';
  if (/^\d+$/.test(value)) return bounded(Number(value));
  const date = /^[A-Za-z]{3}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : bounded(Math.max(0, Math.ceil((date - now) / 1000)));
}

/** Nobody waits for longer than a day. */
export function bounded(seconds: number): number {
  return Math.min(seconds, LONGEST_S);
}
