/** One instance of the module, in a thread of its own. All that knows Extism is here. */

import { createPlugin, type Plugin } from '@extism/extism';
import type { Worker } from 'node:worker_threads';
import type { Exchange, Http } from './http';

/** As Extism has it where `runInWorker` is set. Its own types don't show it all. */
interface Extism extends Plugin {
  worker: Worker;
  /** Where in the memory that is shared the last answer for the thread ends; `READ` when it has been read. */
  hostFlag: Int32Array;
}

const READ = 4;

/** A `WebAssembly.Module`, which not every platform's TypeScript knows. */
export type Module = object;

/** What the plugin answered: an output, or an error of its own. */
export type Outcome = { output: string } | { error: string };

const FAILED = 'Plugin-originated error: ';

const RESET_MS = 5000;

const PAGE = 64 * 1024;

/** What Extism logs may hold anything. */
const SILENT = { ...console, trace() {}, debug() {}, info() {}, log() {}, warn() {}, error() {} };

/** As the bundle's extism.json has it, for what passes between plugin and host in one call. */
const MEMORY = { maxPages: 256 };

/** Takes one call at a time. After a failure that is not the plugin's own answer it is to be ended. */
export class Instance {
  readonly #extism: Extism;
  readonly #http: Http;
  /** Why the thread has ended. */
  #gone: Error | null = null;
  #onGone: () => void = () => {};
  /** Of what the thread is asked at the moment. */
  #fail: (reason: Error) => void = () => {};

  private constructor(extism: Extism, http: Http) {
    this.#extism = extism;
    this.#http = http;
    const { worker } = extism;
    // An idle instance keeps no process alive: a call has a timer, which does.
    worker.unref();
    worker.on('error', (error) => this.#lose(error));
    worker.on('exit', () => this.#lose(new Error('its thread ended')));
  }

  /**
   * A thread, also where WebAssembly can wait for promises (JSPI) and Extism needs none: a plugin that
   * never ends would stand still there with the whole process, and nothing could stop it.
   */
  static async start(module: Module, config: Record<string, string>, http: Http): Promise<Instance> {
    const extism = (await createPlugin(
      { wasm: [{ module, name: 'main' }] },
      {
        runInWorker: true,
        config,
        // `Http` knows better: scheme and port too, and a refusal is an answer.
        allowedHosts: ['**'],
        fetch: http.fetch as typeof fetch,
        memory: MEMORY,
        logger: SILENT,
        // Not the process's own flags and environment. Without the one, Node would warn of WASI, unused here.
        nodeWorkerArgs: { name: 'justclick', execArgv: [], env: { NODE_NO_WARNINGS: '1' } },
        // Any answer fits in at once, so that it is never handed over in parts; with room for what goes with it.
        sharedArrayBufferSize: (Math.ceil(http.maxBytes / PAGE) + 1) * PAGE,
      },
    )) as Extism;
    return new Instance(extism, http);
  }

  /** Calls `listener` when the thread has ended, for whatever reason. */
  onGone(listener: () => void): void {
    this.#onGone = listener;
    if (this.#gone) listener();
  }

  /** Takes the requests of the next call as those of one exchange. */
  begin(signal: AbortSignal): Exchange {
    return this.#http.begin(signal);
  }

  async call(name: string, input: string): Promise<Outcome> {
    try {
      const output = await this.#orGone(this.#extism.call(name, input));
      return { output: output?.text() ?? '' };
    } catch (error) {
      if (error instanceof Error && error.message.startsWith(FAILED)) {
        return { error: error.message.slice(FAILED.length) };
      }
      throw error;
    }
  }

  /** Frees what the last call left. Extism never does, and refuses calls after some 2 000 of them. */
  async reset(): Promise<void> {
    const late = setTimeout(() => this.#lose(new Error('it was not reset in time')), RESET_MS);
    try {
      await this.#orGone(this.#extism.reset());
    } finally {
      clearTimeout(late);
    }
  }

  /** Ends the thread, whatever it does. */
  async end(): Promise<void> {
    this.#lose(new Error('it was ended'));
    await this.#extism.close();
    // Afterwards, or else Extism would hand the thread an answer that nobody reads.
    this.#http.end();
    // It waits for ever, busily, until the thread has read what it was handed.
    await new Promise(setImmediate);
    Atomics.store(this.#extism.hostFlag, 0, READ);
    Atomics.notify(this.#extism.hostFlag, 0);
  }

  /** What a thread is asked it never answers once it has ended. */
  #orGone<T>(work: Promise<T>): Promise<T> {
    return new Promise((resolve, reject) => {
      this.#fail = reject;
      if (this.#gone) reject(this.#gone);
      work.then(resolve, reject);
    });
  }

  #lose(reason: Error): void {
    if (this.#gone) return;
    this.#gone = reason;
    this.#fail(reason);
    this.#onGone();
  }
}
