/** Tells the service where to send, where it has a call for that. */

import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';
import type { Connection, Plugin, Subscription } from 'plugin-engine';
import { Alarm, waitAfter } from './waits';

/** A subscription as it is kept: what in it is secret, is sealed by the secret of the node's address. */
export interface Kept {
  trigger: string;
  input: Record<string, unknown>;
  /** Where the service sends to, and whose it is. */
  of: string;
  /** UNIX seconds. */
  since: number;
  expires?: number;
  sealed: string;
}

export interface Subscribing {
  plugin: () => Promise<Plugin>;
  connection: () => Connection;
  trigger: string;
  /** Whether the plugin has a call that ends one. */
  endsIt: (trigger: string) => boolean;
  input: () => Promise<Record<string, unknown>>;
  url: string;
  of: string;
  /** That of the node's address. */
  key: string;
  kept: Kept | undefined;
  /** Ends once it is on the disk. */
  keep: (kept: Kept | undefined) => Promise<void>;
  worked: () => void;
  failed: (error: unknown) => void;
  signal: AbortSignal;
}

export class Subscriber {
  readonly #its: Subscribing;
  readonly #alarm = new Alarm();
  #kept: Kept | undefined;
  #work: Promise<void> = Promise.resolve();
  #failures = 0;

  constructor(its: Subscribing) {
    this.#its = its;
    this.#kept = its.kept;
  }

  get kept(): Kept | undefined {
    return this.#kept;
  }

  /** By which the service signs. */
  get secret(): string | undefined {
    return this.#kept && unsealed(this.#its.key, this.#kept.sealed)?.secret;
  }

  begin(): void {
    if (this.#its.signal.aborted) return;
    this.#work = this.#subscribe().then(
      (nextMs) => {
        this.#failures = 0;
        if (nextMs !== undefined) this.#alarm.set(nextMs, () => this.begin());
      },
      (error: unknown) => {
        if (this.#its.signal.aborted) return;
        this.#failures += 1;
        this.#its.failed(error);
        this.#alarm.set(waitAfter(this.#failures, error), () => this.begin());
      },
    );
  }

  async close(): Promise<void> {
    this.#alarm.clear();
    await this.#work;
  }

  /** Once nobody wants its events any more. */
  async end(): Promise<void> {
    if (this.#kept) await this.#end(this.#kept);
  }

  /** In how many milliseconds the next one is due. */
  async #subscribe(): Promise<number | undefined> {
    const { trigger, url, of, key, keep, worked, signal } = this.#its;
    const old = this.#kept;
    if (old?.of !== of || dueMs(old) === 0) {
      const plugin = await this.#its.plugin();
      const input = await this.#its.input();
      const made = await plugin.subscribe(trigger, { input, url }, this.#its.connection(), { signal });
      const { expires } = made;
      this.#kept = {
        trigger,
        input,
        of,
        since: seconds(),
        ...(expires !== undefined && { expires }),
        sealed: sealed(key, made),
      };
      await keep(this.#kept);
      // Only now: between the two, nothing is missed.
      if (old) await this.#end(old);
    }
    worked();
    return this.#kept && dueMs(this.#kept);
  }

  async #end({ trigger, input, sealed: text }: Kept): Promise<void> {
    const old = unsealed(this.#its.key, text);
    if (!old || !this.#its.endsIt(trigger)) return;
    const { subscription } = old;
    const plugin = await this.#its.plugin();
    await plugin.unsubscribe(trigger, { input, subscription }, this.#its.connection());
  }
}

/** In how many milliseconds a subscription is to be made anew: well before it ends. */
function dueMs({ since, expires }: Kept): number | undefined {
  if (expires === undefined) return undefined;
  return Math.max(0, (since + (expires - since) * 0.8 - seconds()) * 1000);
}

function seconds(): number {
  return Math.floor(Date.now() / 1000);
}

const CIPHER = 'aes-256-gcm';
const NONCE = 12;
const TAG = 16;

function keyOf(secret: string): Uint8Array {
  return new Uint8Array(hkdfSync('sha256', secret, '', 'subscription', 32));
}

function sealed(secret: string, subscription: Subscription): string {
  const nonce = randomBytes(NONCE);
  const cipher = createCipheriv(CIPHER, keyOf(secret), nonce);
  const text = Buffer.concat([cipher.update(JSON.stringify(subscription), 'utf8'), cipher.final()]);
  return Buffer.concat([nonce, cipher.getAuthTag(), text]).toString('base64');
}

/** Nothing, if it is another address's. */
function unsealed(secret: string, text: string): Subscription | undefined {
  const bytes = Buffer.from(text, 'base64');
  try {
    const cipher = createDecipheriv(CIPHER, keyOf(secret), bytes.subarray(0, NONCE));
    cipher.setAuthTag(bytes.subarray(NONCE, NONCE + TAG));
    const plain = Buffer.concat([cipher.update(bytes.subarray(NONCE + TAG)), cipher.final()]);
    return JSON.parse(plain.toString('utf8')) as Subscription;
  } catch {
    return undefined;
  }
}
