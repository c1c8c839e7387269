/** The requests of one call: what it may ask for, and what became of it. */

import { originOf } from '../connection';
import type { Answer, Asked } from '../engine/run';
import { after, onAbort } from '../stop';
import { mayBeSent } from './headers';
import { retryAfter } from './retry-after';
import { BEFORE_SENDING, type Client, type HttpFailure, type HttpResponse, type Reason } from './transport';

export interface Terms {
  client: Client;
  /** What may be reached. */
  origins: ReadonlySet<string>;
  maxBytes: number;
  /** How long all requests may take together. */
  timeoutMs: number;
  /** Ends them before. */
  stop: AbortSignal;
}

/** As the contract has it. */
interface Request {
  url: string;
  method: string;
  headers: Record<string, string>;
}

/** What a client that was told to end gets to say how far it had come; most need a thousandth of it. */
const LAST_WORDS_MS = 250;

const ENCODER = new TextEncoder();

const NO_REQUEST = 'The request is not described as the contract says.';

export class Exchange {
  readonly #terms: Terms;
  readonly #deadline: number;
  readonly #end = new AbortController();
  readonly #offs: (() => void)[];
  #mayHaveArrived = false;
  #isInterrupted = false;
  #retryAfterS: number | undefined;
  #hint: string | undefined;

  constructor(terms: Terms) {
    this.#terms = terms;
    this.#deadline = performance.now() + terms.timeoutMs;
    const end = () => this.#end.abort();
    this.#offs = [terms.stop, after(terms.timeoutMs)].map((signal) => onAbort(signal, end));
  }

  /** Whether the service may have seen a request of the call. */
  get mayHaveArrived(): boolean {
    return this.#mayHaveArrived;
  }

  /** Whether a request was ended, or not begun, because it was to end. */
  get isInterrupted(): boolean {
    return this.#isInterrupted;
  }

  /** Of the last response. */
  get retryAfterS(): number | undefined {
    return this.#retryAfterS;
  }

  /** What only the host knows of the last request, in a sentence for people. */
  get hint(): string | undefined {
    return this.#hint;
  }

  /** There are no more requests. */
  release(): void {
    for (const off of this.#offs) off();
  }

  /** Makes a request. A failure is an answer with status 0 and the contract's word. */
  async answer({ request: text, body }: Asked): Promise<Answer> {
    this.#retryAfterS = this.#hint = undefined;
    const request = read(text);
    if (!request) return this.#without({ reason: 'not_allowed', hint: NO_REQUEST });
    if (!this.#mayBeMade(request)) return this.#without({ reason: 'not_allowed' });
    if (this.#end.signal.aborted) {
      this.#isInterrupted = true;
      return this.#without({ reason: 'not_sent' });
    }
    const reply = await this.#sent(request, body);
    if ('reason' in reply) {
      this.#isInterrupted ||= this.#end.signal.aborted;
      return this.#without(reply);
    }
    this.#mayHaveArrived = true;
    if (reply.body.length > this.#terms.maxBytes) return this.#without({ reason: 'too_large' });
    this.#retryAfterS = retryAfter(reply.headers['retry-after'], Date.now());
    this.#hint = sentElsewhere(reply, request.url);
    return reply;
  }

  #mayBeMade({ url, method, headers }: Request): boolean {
    const origin = originOf(url);
    return origin !== null && this.#terms.origins.has(origin) && isPlain(url) && mayBeSent(method, headers);
  }

  async #sent({ url, method, headers: given }: Request, body: Uint8Array): Promise<HttpResponse | HttpFailure> {
    const { client, maxBytes } = this.#terms;
    // A packed answer would only be a way to make a small one large.
    const headers = { ...given, 'accept-encoding': 'identity' };
    const content = body.length > 0 ? (body as Uint8Array<ArrayBuffer>) : undefined;
    const { signal } = this.#end;
    const timeoutMs = Math.max(0, this.#deadline - performance.now());
    const late: HttpFailure = { reason: 'timeout' };
    try {
      const reply = client.send({ url, method, headers, body: content, signal, timeoutMs, maxBytes });
      return await inTime(reply, signal, late);
    } catch {
      return signal.aborted ? late : { reason: 'reset' };
    }
  }

  #without({ reason, hint }: HttpFailure): Answer {
    this.#mayHaveArrived ||= !BEFORE_SENDING.includes(reason);
    this.#hint = hint;
    return { status: 0, headers: {}, body: ENCODER.encode(reason satisfies Reason) };
  }
}

function read(text: string): Request | null {
  try {
    const { url, method = 'GET', headers = {} } = JSON.parse(text) as Partial<Request>;
    const isText = [url, method, ...Object.values(headers)].every((value) => typeof value === 'string');
    if (!isText || typeof headers !== 'object') return null;
    const small = Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]);
    return { url: url!, method, headers: Object.fromEntries(small) };
  } catch {
    return null;
  }
}

/** Without a user name and a password, which no client would send on as they are. */
function isPlain(url: string): boolean {
  const { username, password } = new URL(url);
  return username === '' && password === '';
}

/** Of a redirect, which nobody follows: where to. Not its path, which may be anything. */
function sentElsewhere({ status, headers: { location } }: HttpResponse, url: string): string | undefined {
  if (status < 300 || status >= 400 || location === undefined) return undefined;
  const target = URL.canParse(location, url) ? originOf(new URL(location, url).href) : null;
  return target === null ? undefined : `It was sent to ${target}.`;
}

/** A client of someone else's may not heed its signal. */
function inTime<T>(work: Promise<T>, signal: AbortSignal, late: T): Promise<T> {
  return new Promise((resolve, reject) => {
    const off = onAbort(signal, () => onAbort(AbortSignal.timeout(LAST_WORDS_MS), () => resolve(late)));
    work.then(resolve, reject).finally(off);
  });
}
