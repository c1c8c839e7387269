/** What a platform gives and gets. */

import type { Description } from './description';

/** Config values by key, as `connection.schema` of the description names them; others are ignored. */
export type Connection = Record<string, string | boolean | undefined | null>;

export interface Plugin {
  describe(): Promise<Description>;
  /** Proves a connection without changing anything. Fails with an `ActionError`. */
  checkConnection(connection: Connection, options?: CallOptions): Promise<Record<string, unknown>>;
  /** Fails with an `ActionError`. */
  call(
    action: string,
    input: Record<string, unknown>,
    connection: Connection,
    options?: CallOptions,
  ): Promise<Record<string, unknown>>;
  /** Ends all instances; calls that are under way fail. */
  close(): Promise<void>;
}

export interface CallOptions {
  /** Ends the call, or takes it out of the queue. */
  signal?: AbortSignal;
}

export interface Settings {
  /** The module. */
  wasm: Uint8Array;
  /** Its SHA-256 in hexadecimal digits: another module is not loaded. */
  sha256: string;
  /** How long a call may take once it has begun, in milliseconds: 30 000 unless told otherwise. */
  timeoutMs?: number;
  /** The largest response that is read, decompressed: 256 KiB unless told otherwise. */
  maxResponseBytes?: number;
  /** How many calls run at once, all connections together: 4 unless told otherwise. */
  maxInstances?: number;
  /** In place of Node's. */
  fetch?: typeof fetch;
}
