/** What ends a call before its own end: its caller, or the closing of the plugin. */

export class Stop {
  readonly #controller = new AbortController();
  #isClosing = false;
  readonly release: () => void;

  constructor(caller: AbortSignal | undefined) {
    this.release = caller ? onAbort(caller, () => this.#controller.abort()) : () => {};
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Whether it is not the caller who ends the call. */
  get isClosing(): boolean {
    return this.#isClosing;
  }

  close(): void {
    this.#isClosing = !this.signal.aborted;
    this.#controller.abort();
  }
}

interface Audience {
  listeners: Set<() => void>;
  tell: () => void;
}

/** A platform hands all its calls one signal, and Node would take many listeners for a leak: so it has one of ours. */
const audiences = new WeakMap<AbortSignal, Audience>();

/** Calls `listener` when the signal comes, at once if it has; what is returned takes the listener off. */
export function onAbort(signal: AbortSignal, listener: () => void): () => void {
  if (signal.aborted) {
    listener();
    return () => {};
  }
  const audience = audiences.get(signal) ?? gathered(signal);
  audience.listeners.add(listener);
  return () => {
    if (!audience.listeners.delete(listener) || audience.listeners.size > 0) return;
    signal.removeEventListener('abort', audience.tell);
    audiences.delete(signal);
  };
}

function gathered(signal: AbortSignal): Audience {
  const listeners = new Set<() => void>();
  const tell = () => {
    for (const listener of [...listeners]) listener();
  };
  const audience = { listeners, tell };
  audiences.set(signal, audience);
  signal.addEventListener('abort', tell, { once: true });
  return audience;
}

/** Of a time limit, how much later the signal may come: then the limits of many calls are one timer. */
const LATER = 50;

/** Shorter limits have a timer each. */
const SHARED_FROM_MS = 5000;

/** The last signal of a limit, and when it comes. */
const shared = new Map<number, { at: number; signal: AbortSignal }>();

/** A signal that comes after so many milliseconds, or up to a fiftieth of them later. */
export function after(ms: number): AbortSignal {
  if (ms < SHARED_FROM_MS) return AbortSignal.timeout(ms);
  const [now, step] = [performance.now(), ms / LATER];
  const at = Math.ceil((now + ms) / step) * step;
  const last = shared.get(ms);
  if (last?.at === at) return last.signal;
  // Limits are few, but for what is left of one.
  if (shared.size >= 8) shared.clear();
  const signal = AbortSignal.timeout(Math.ceil(at - now));
  shared.set(ms, { at, signal });
  return signal;
}
