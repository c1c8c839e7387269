/**
 * HTTP over `fetch`, for wherever there is nothing else. It says little of what went wrong: what is not surely from before
 * the request was sent counts as from after it.
 */

import type { PrivateAccess } from './access';
import { addressOf, bare } from './address';
import { collected, TooLarge } from './collected';
import { hintOf, reasonOf } from './reasons';
import type { Client, HttpFailure, HttpRequest, HttpResponse } from './transport';

const UNSEEN_REDIRECT = 'The service answered with a redirect, and this browser does not say where to.';

const NOT_PUBLIC = 'The address is not on the public internet: the setting allowPrivate lets a plugin reach it as ';

const NO_BODY = 'What is fetched with GET or HEAD can have no body here.';

export class FetchClient implements Client {
  readonly #access: PrivateAccess;

  constructor(access: PrivateAccess) {
    this.#access = access;
  }

  async send(request: HttpRequest): Promise<HttpResponse | HttpFailure> {
    const { origin, hostname } = new URL(request.url);
    if (!this.#mayBeReached(origin, bare(hostname))) return { reason: 'not_allowed', hint: `${NOT_PUBLIC}${origin}.` };
    // Nor would it be sent.
    if (request.body && /^(get|head)$/i.test(request.method)) return { reason: 'not_allowed', hint: NO_BODY };
    try {
      return await exchanged(request);
    } catch (error) {
      if (error instanceof TooLarge) return { reason: 'too_large' };
      if (request.signal.aborted) return { reason: 'timeout' };
      return { reason: reasonOf(error), hint: hintOf(error, origin) };
    }
  }

  /** Of a name only the platform knows what it stands for, but for that of this machine. */
  #mayBeReached(origin: string, host: string): boolean {
    if (/^(.*\.)?localhost\.?$/i.test(host)) return this.#access.names(origin);
    return addressOf(host) === null || this.#access.allows(origin, host);
  }
}

async function exchanged(request: HttpRequest): Promise<HttpResponse | HttpFailure> {
  const { url, method, headers, body, signal, maxBytes } = request;
  const response = await fetch(url, { method, headers, body: body ?? null, signal, redirect: 'manual' });
  // A browser shows neither status nor target of a redirect.
  if (response.type === 'opaqueredirect') return { reason: 'reset', hint: UNSEEN_REDIRECT };
  const whole = response.body ? await collected(chunksOf(response.body), maxBytes) : new Uint8Array();
  return { status: response.status, headers: Object.fromEntries(response.headers), body: whole };
}

/** Not every platform's streams can be iterated. */
async function* chunksOf(stream: ReadableStream<Uint8Array>): AsyncIterable<Uint8Array> {
  const reader = stream.getReader();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      if (done) return;
      yield value;
    }
  } finally {
    // Where not all was read, the rest is not wanted.
    await reader.cancel().catch(() => {});
  }
}
