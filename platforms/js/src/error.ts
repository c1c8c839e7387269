/** The one error of a call: the contract's error document. */

export type Kind =
  | 'invalid_input'
  | 'invalid_connection'
  | 'auth'
  | 'not_found'
  | 'rejected'
  | 'throttled'
  | 'unavailable'
  | 'unexpected_reply'
  | 'forged_reply'
  | 'forged_event'
  | 'internal';

export interface Problem {
  /** The input field or config key. */
  field: string;
  message: string;
}

export interface Upstream {
  /** 0: there was no HTTP response. */
  http_status: number;
  error_code?: number;
  error_text?: string;
  /** Whether a signature proves that code and text come from the service. Left out, it does not. */
  verified?: boolean;
}

/** As JSON: `manifest/error.schema.json`. */
export interface ErrorDocument {
  kind: Kind;
  message: string;
  retry: 'never' | 'later';
  retry_after_s?: number;
  effect: 'none' | 'unknown';
  field?: string;
  problems?: Problem[];
  upstream?: Upstream;
}

/** A failed call. It holds no secret, so it may be logged and shown as it is. */
export class ActionError extends Error {
  override readonly name = 'ActionError';
  readonly kind: Kind;
  /** Whether an engine may repeat the call by itself. */
  readonly retry: 'never' | 'later';
  /** The earliest time to repeat it, in seconds from now, if the service said. */
  declare readonly retryAfterS?: number;
  /** Whether the failed call changed anything at the service. */
  readonly effect: 'none' | 'unknown';
  /** The first input field or config key that is wrong. */
  declare readonly field?: string;
  /** Everything that is wrong with the input or the connection. */
  readonly problems: Problem[];
  /** What came from the service. */
  declare readonly upstream?: Upstream;

  constructor(document: ErrorDocument) {
    super(document.message);
    this.kind = document.kind;
    this.retry = document.retry;
    if (document.retry_after_s !== undefined) this.retryAfterS = document.retry_after_s;
    this.effect = document.effect;
    if (document.field !== undefined) this.field = document.field;
    this.problems = document.problems ?? [];
    if (document.upstream !== undefined) this.upstream = document.upstream;
  }

  toJSON(): ErrorDocument {
    const { kind, message, retry, retryAfterS, effect, field, problems, upstream } = this;
    return {
      kind,
      message,
      retry,
      ...(retryAfterS !== undefined && { retry_after_s: retryAfterS }),
      effect,
      ...(field !== undefined && { field }),
      ...(problems.length > 0 && { problems }),
      ...(upstream && { upstream }),
    };
  }
}

/** A bug of the plugin, or the host's own failure. */
export function internal(message: string, effect: ErrorDocument['effect']): ActionError {
  return new ActionError({ kind: 'internal', message, retry: 'never', effect });
}
