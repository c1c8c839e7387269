/** HTTP as the engine needs it: whoever runs it may bring a client of their own. */

/** Why there is no HTTP response: the contract's words. */
export type Reason = 'not_allowed' | 'dns' | 'connect' | 'tls' | 'not_sent' | 'timeout' | 'reset' | 'too_large';

/** With these the service can't have seen the request. */
export const BEFORE_SENDING: readonly Reason[] = ['not_allowed', 'dns', 'connect', 'tls', 'not_sent'];

export interface HttpRequest {
  /** Of an origin of the connection. */
  url: string;
  method: string;
  headers: Record<string, string>;
  body: Uint8Array<ArrayBuffer> | undefined;
  /** Ends the request. The answer then tells how far it had come: `connect`, or `timeout`. */
  signal: AbortSignal;
  /** The time that is left, for clients that have a clock and no use for a signal. */
  timeoutMs: number;
  /** The largest body that is read, unpacked; of a larger one the answer is `too_large`. */
  maxBytes: number;
}

export interface HttpResponse {
  status: number;
  /** Names in small letters. */
  headers: Record<string, string>;
  body: Uint8Array;
}

export interface HttpFailure {
  /** What is not surely from before the request was sent is `timeout` or `reset`: an order may have changed. */
  reason: Reason;
  /** What the word does not say and a person can do something about, in a sentence. */
  hint?: string | undefined;
}

export interface Client {
  /** Makes one request, and follows no redirect. What it throws counts as `reset`. */
  send(request: HttpRequest): Promise<HttpResponse | HttpFailure>;
  /** Ends what is kept open. */
  close?(): void;
}
