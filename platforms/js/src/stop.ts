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
