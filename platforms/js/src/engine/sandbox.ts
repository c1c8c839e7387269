/** A module, compiled once, and its instances. All that knows WebAssembly is here. */

import { Blocks } from './blocks';
import { beyond, MEMORY_BYTES } from './caps';
import { functions, NAMESPACE, type Host } from './functions';
import { notBegun, Run, type Ended, type Task } from './run';
import { changed, type Changes, type Variables } from './variables';
import { compile, Instance, Memory, Module, type Imports } from './wasm';

/** Connections of which something is kept, and for how long of one that nobody calls. */
const MOST_KEPT = 16;
const KEPT_MS = 60_000;

/** Memory never shrinks: an instance that has taken more than this since it was made is not kept. */
const KEPT_GROWTH_BYTES = 4 * 2 ** 20;

/** An instance, and the memory that it had when it was made. */
interface Live {
  exports: Record<string, unknown>;
  memories: Memory[];
  bytes: number;
}

/** What there is of a connection between two runs. */
interface Kept {
  live: Live | null;
  variables: Variables;
  used: number;
}

export class Sandbox {
  readonly #module: object;
  readonly #blocks = new Blocks();
  readonly #host: Host;
  readonly #imports: Imports;
  /** By connection, whichever was used last at the end. */
  readonly #kept = new Map<string, Kept>();
  /** The one that runs. */
  #live: Live | null = null;

  private constructor(module: object, isLogged: boolean) {
    this.#module = module;
    this.#host = { blocks: this.#blocks, run: null, isLogged, check: () => this.#check() };
    this.#imports = functions(this.#host);
  }

  /** Fails with an `Error` for people. */
  static async of(wasm: Uint8Array, isLogged: boolean): Promise<Sandbox> {
    const module = await compile(wasm);
    const sandbox = new Sandbox(module, isLogged);
    for (const { module: namespace, name } of Module.imports(module)) {
      if (namespace === NAMESPACE && Object.hasOwn(sandbox.#imports[NAMESPACE]!, name)) continue;
      throw new Error(`The plugin wants "${name}" of "${namespace}", which hosts of its contract do not have.`);
    }
    return sandbox;
  }

  /**
   * Runs an export to its end, at once. Each connection has an instance of its own, so that nothing of another's can be
   * in its memory; and between two runs that holds nothing of a call, so it serves any number of them.
   */
  run(connection: string, task: Task): Ended {
    const kept = this.#keptOf(connection);
    this.#blocks.reset();
    let run: Run | null = null;
    try {
      run = new Run(task, this.#blocks);
      const live = (this.#live = kept.live ?? this.#started());
      kept.live = null;
      const action = live.exports[task.name];
      if (typeof action !== 'function') return run.stopped(`it has no export "${task.name}"`);
      this.#host.run = run;
      const code: unknown = action();
      this.#check();
      const ended = run.end(code);
      const isFit = !('stopped' in ended.outcome) && bytesOf(live.memories) - live.bytes <= KEPT_GROWTH_BYTES;
      kept.live = isFit ? live : null;
      return ended;
    } catch (thrown) {
      return run ? run.stopped(thrown) : notBegun(thrown);
    } finally {
      this.#host.run = this.#live = null;
      this.#blocks.reset();
    }
  }

  /** What calls of a connection that begin now find. */
  variablesOf(connection: string): Variables {
    return this.#keptOf(connection).variables;
  }

  /** Keeps what a run that counts has changed. */
  keep(connection: string, changes: Changes): void {
    const kept = this.#keptOf(connection);
    kept.variables = changed(kept.variables, changes);
  }

  /** Forgets all instances, and with them the copies of secrets that they have. */
  clear(): void {
    this.#kept.clear();
  }

  #keptOf(connection: string): Kept {
    const now = Date.now();
    const kept = this.#kept.get(connection) ?? { live: null, variables: new Map(), used: now };
    this.#kept.delete(connection);
    for (const [other, { used }] of this.#kept) {
      if (this.#kept.size < MOST_KEPT && now - used < KEPT_MS) break;
      this.#kept.delete(other);
    }
    kept.used = now;
    this.#kept.set(connection, kept);
    return kept;
  }

  #started(): Live {
    const { exports } = new Instance(this.#module, this.#imports);
    const memories = Object.values(exports).filter((value) => value instanceof Memory);
    const live = (this.#live = { exports, memories, bytes: bytesOf(memories) });
    this.#check();
    // What some languages run before anything else.
    if (typeof exports._initialize === 'function') exports._initialize();
    return live;
  }

  /** Fails where the plugin that runs has more memory than it may. */
  #check(): void {
    if (!this.#live || bytesOf(this.#live.memories) <= MEMORY_BYTES) return;
    throw beyond('memory', `${MEMORY_BYTES / 2 ** 20} MiB`);
  }
}

function bytesOf(memories: Memory[]): number {
  let bytes = 0;
  for (const memory of memories) bytes += memory.buffer.byteLength;
  return bytes;
}
