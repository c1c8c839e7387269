/** One run of an export: what goes in, what the plugin asks for meanwhile, and what comes out. */

import { beyond, ERROR_BYTES, Halt, LOG_LINES, LOGGED, OUTPUT_BYTES, REQUESTS } from './caps';
import type { Blocks } from './blocks';
import { View, type Changes, type Variables } from './variables';

/** A request as the plugin wrote it. */
export interface Asked {
  /** A JSON document. */
  request: string;
  body: Uint8Array;
}

/** What it gets; status 0 for no response, with the contract's word as the body. */
export interface Answer {
  status: number;
  headers: Record<string, string>;
  body: Uint8Array;
}

/** What a run is given. With the same it comes to the same end. */
export interface Task {
  /** The export. */
  name: string;
  input: string;
  config: Record<string, string>;
  variables: Variables;
  /** The answers that are known so far, in order. */
  answers: readonly (Asked & { answer: Answer })[];
}

export interface LogLine {
  level: 'error' | 'warn' | 'info' | 'debug' | 'trace';
  text: string;
}

/** What the plugin answered, an error of its own, or why it stopped in the middle. */
export type Outcome = { output: string } | { error: string } | { stopped: string };

/** How a run ended. With a request that has no answer yet, nothing else of it counts. */
export interface Ended {
  outcome: Outcome;
  asked: Asked | null;
  changes: Changes;
  log: LogLine[];
}

const DECODER = new TextDecoder('utf-8', { ignoreBOM: true });
const ENCODER = new TextEncoder();
const NOT_SENT: Answer = { status: 0, headers: {}, body: ENCODER.encode('not_sent') };

export class Run {
  readonly #blocks: Blocks;
  readonly #task: Task;
  readonly #variables: View;
  readonly input: number;
  readonly inputLength: number;
  readonly #log: LogLine[] = [];
  #output: [number, number] = [0, 0];
  #error = 0;
  #requests = 0;
  #asked: Asked | null = null;
  /** The last answer. */
  #answer: Answer = NOT_SENT;
  /** Why it is to end. */
  #halt: unknown = null;

  constructor(task: Task, blocks: Blocks) {
    this.#task = task;
    this.#blocks = blocks;
    this.#variables = new View(task.variables);
    const input = ENCODER.encode(task.input);
    this.inputLength = input.length;
    this.input = blocks.put(input);
  }

  /** Fails if the run is to end. */
  goOn(): void {
    if (this.#halt !== null) throw this.#halt;
  }

  halt(why: unknown): void {
    this.#halt ??= why;
  }

  setOutput(offset: number, length: number): void {
    if (length > OUTPUT_BYTES) throw beyond('output', '8 MiB');
    this.#output = [offset, length];
  }

  setError(block: number): void {
    if (this.#blocks.length(block) > ERROR_BYTES) throw beyond('error', '64 KiB');
    this.#error = block;
  }

  /** The answer, where there is one; else this request is noted, and this run does not count. */
  request(request: number, body: number): number {
    const asked = { request: this.#take(request), body: this.#blocks.get(body).slice() };
    this.#blocks.free(body);
    const known = this.#task.answers[this.#requests];
    this.#requests += 1;
    if (this.#requests > REQUESTS) throw beyond('requests', `${REQUESTS} in one call`);
    if (known && !isSame(known, asked)) {
      throw new Halt('it asked for something else when it was run again with the answer that it had waited for.');
    }
    if (!known) this.#asked ??= asked;
    this.#answer = known?.answer ?? NOT_SENT;
    return this.#blocks.put(this.#answer.body);
  }

  get status(): number {
    return this.#answer.status;
  }

  headers(): number {
    return this.#put(JSON.stringify(this.#answer.headers));
  }

  config(key: number): number {
    const name = this.#take(key);
    return this.#put(Object.hasOwn(this.#task.config, name) ? this.#task.config[name]! : '');
  }

  variable(key: number): number {
    const value = this.#variables.get(this.#nameIn(key));
    return value ? this.#blocks.put(value) : 0;
  }

  /** A value of 0 removes it. */
  setVariable(key: number, value: number): void {
    const bytes = value === 0 ? null : this.#blocks.get(value).slice();
    this.#blocks.free(value);
    this.#variables.set(this.#nameIn(key), bytes);
  }

  log(level: LogLine['level'], block: number): void {
    const text = this.#take(block);
    if (this.#log.length < LOG_LINES) this.#log.push({ level, text: text.slice(0, LOGGED) });
  }

  /** What has come of it: `code` is what the export returned. */
  end(code: unknown): Ended {
    return this.#ended(this.#halt === null ? this.#said(code) : { stopped: reasonOf(this.#halt) });
  }

  /** It was stopped in the middle. */
  stopped(thrown: unknown): Ended {
    return this.#ended({ stopped: reasonOf(this.#halt ?? thrown) });
  }

  #ended(outcome: Outcome): Ended {
    return { outcome, asked: this.#asked, changes: this.#variables.changes, log: this.#log };
  }

  #said(code: unknown): Outcome {
    if (this.#error !== 0 || (typeof code === 'number' && code !== 0)) {
      return { error: DECODER.decode(this.#blocks.get(this.#error)) };
    }
    return { output: DECODER.decode(this.#blocks.bytesAt(...this.#output)) };
  }

  #put(text: string): number {
    return this.#blocks.put(ENCODER.encode(text));
  }

  /** The text of a block that is handed over, which frees it. */
  #take(block: number): string {
    const text = DECODER.decode(this.#blocks.get(block));
    this.#blocks.free(block);
    return text;
  }

  /** A variable's name may be any bytes: each is a character of it. */
  #nameIn(block: number): string {
    const name = Array.from(this.#blocks.get(block), (byte) => String.fromCharCode(byte)).join('');
    this.#blocks.free(block);
    return name;
  }
}

/** Of a run that did not even begin. */
export function notBegun(thrown: unknown): Ended {
  return { outcome: { stopped: reasonOf(thrown) }, asked: null, changes: new Map(), log: [] };
}

function reasonOf(thrown: unknown): string {
  return thrown instanceof Error ? thrown.message : String(thrown);
}

function isSame(one: Asked, other: Asked): boolean {
  return (
    one.request === other.request &&
    one.body.length === other.body.length &&
    one.body.every((byte, at) => byte === other.body[at])
  );
}
