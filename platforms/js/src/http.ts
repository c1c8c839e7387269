/** HTTP for one instance: what stands behind the plugin's `http_request`. */

import { originOf } from './connection';
import { BEFORE_SENDING, reasonOf, type Reason } from './reasons';

export interface HttpLimits {
  fetch: typeof fetch;
  maxBytes: number;
}

/** What one call's requests leave behind. */
export interface Exchange {
  /** Ends its requests. */
  signal: AbortSignal;
  /** Whether the service may have seen a request of the call. */
  mayHaveArrived: boolean;
  /** Whether `signal` ended one. */
  interrupted: boolean;
  /** Of the last response. */
  retryAfterS: number | undefined;
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
    this.#exchange = { signal, mayHaveArrived: false, interrupted: false, retryAfterS: undefined };
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
    exchange.retryAfterS = undefined;
    const answer = await this.#answer(url, request, exchange);
    if (this.#ended) throw new Error('the instance was ended');
    return answer;
  };

  async #answer(url: string, request: RequestInit, exchange: Exchange): Promise<Answer> {
    const origin = originOf(url);
    if (origin === null || !this.#origins.has(origin)) return without('not_allowed');

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
    try {
      return await Promise.race([this.#exchanged(url, request, exchange, signal), aborted(signal)]);
    } catch (error) {
      if (signal.aborted) exchange.interrupted = true;
      const reason = error instanceof TooLarge ? 'too_large' : signal.aborted ? 'timeout' : reasonOf(error);
      if (BEFORE_SENDING.includes(reason)) exchange.mayHaveArrived = arrivedBefore;
      return without(reason);
    } finally {
      // Nothing of the response is read any more.
      stop.abort();
    }
  }

  async #exchanged(url: string, request: RequestInit, exchange: Exchange, signal: AbortSignal): Promise<Answer> {
    const headers = new Headers(request.headers);
    // A packed answer would only be a way to make a small one large.
    headers.set('accept-encoding', 'identity');
    const response = await this.#limits.fetch(url, { ...request, headers, redirect: 'manual', signal });
    exchange.retryAfterS = retryAfter(response.headers.get('retry-after'), Date.now());
    const body = await bodyUpTo(response, this.#limits.maxBytes);
    return { status: response.status, headers: response.headers, arrayBuffer: () => Promise.resolve(body) };
  }
}

class TooLarge extends Error {}

/** Counts what has been unpacked, while it comes. */
async function bodyUpTo(response: Response, maxBytes: number): Promise<ArrayBuffer> {
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of response.body ?? []) {
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

function without(reason: Reason): Answer {
  const body = new TextEncoder().encode(reason);
  return { status: 0, headers: new Headers(), arrayBuffer: () => Promise.resolve(body.buffer) };
}

/** A `fetch` of someone else's may not heed its signal. */
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
  if (/^\d{1,9}$/.test(value)) return Number(value);
  const date = /^[A-Za-z]{3}, .* GMT$/.test(value) ? Date.parse(value) : NaN;
  return Number.isNaN(date) ? undefined : Math.max(0, Math.ceil((date - now) / 1000));
}
