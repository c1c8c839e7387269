/** The functions that a plugin can import: all of Extism's, and nothing else. */

import type { Blocks } from './blocks';
import { Halt } from './caps';
import type { LogLine, Run } from './run';
import type { Imports } from './wasm';

/** The namespace in which they live. */
export const NAMESPACE = 'extism:host/env';

/** Extism's numbers for the lowest level that is logged: all, and none. */
const EVERYTHING = 0;
const NOTHING = 2 ** 31 - 1;

const LEVELS: readonly LogLine['level'][] = ['error', 'warn', 'info', 'debug', 'trace'];

/** What the functions work on. */
export interface Host {
  readonly blocks: Blocks;
  /** The one that is under way; none while an instance is made. */
  run: Run | null;
  /** Whether anybody reads what is logged. */
  readonly isLogged: boolean;
  /** Fails where the plugin has more memory than it may. */
  check(): void;
}

/** Offsets and lengths come as signed numbers of 64 bits. No block is where a negative or a huge one points to. */
export function functions(host: Host): Imports {
  const { blocks } = host;
  const current = (): Run => {
    if (!host.run) throw new Halt('no call is under way');
    return host.run;
  };
  const length = (block: bigint) => BigInt(blocks.length(Number(block)));
  const inInput = (at: bigint, width: number) => {
    const [run, offset] = [current(), Number(at)];
    return offset >= 0 && offset + width <= run.inputLength ? run.input + offset : 0;
  };
  const logs = LEVELS.map((level) => [`log_${level}`, (text: bigint) => current().log(level, Number(text))] as const);

  return {
    [NAMESPACE]: {
      free: (block: bigint) => blocks.free(Number(block)),
      length,
      length_unsafe: length,
      load_u8: (offset: bigint) => blocks.loadByte(Number(offset)),
      load_u64: (offset: bigint) => blocks.loadWord(Number(offset)),
      store_u8: (offset: bigint, value: number) => blocks.storeByte(Number(offset), value),
      store_u64: (offset: bigint, value: bigint) => blocks.storeWord(Number(offset), value),

      ...services(host, {
        alloc: (size) => BigInt(blocks.alloc(Number(size))),
        input_offset: () => BigInt(current().input),
        input_length: () => BigInt(current().inputLength),
        input_load_u8: (at) => blocks.loadByte(inInput(at, 1)),
        input_load_u64: (at) => blocks.loadWord(inInput(at, 8)),
        output_set: (offset, size) => current().setOutput(Number(offset), Number(size)),
        error_set: (block) => current().setError(Number(block)),

        config_get: (key) => BigInt(current().config(Number(key))),
        var_get: (key) => BigInt(current().variable(Number(key))),
        var_set: (key, value) => current().setVariable(Number(key), Number(value)),

        http_request: (request, body) => BigInt(current().request(Number(request), Number(body))),
        http_status_code: () => current().status,
        http_headers: () => BigInt(current().headers()),

        get_log_level: () => (host.isLogged ? EVERYTHING : NOTHING),
        ...Object.fromEntries(logs),
      }),
    },
  };
}

type Service = (...values: bigint[]) => bigint | number | void;

/** What a plugin may ask its host for as long as its run goes on: once it is to end, whatever the plugin catches. */
function services(host: Host, each: Record<string, Service>): Record<string, Service> {
  const guarded = (service: Service): Service => {
    return (...values) => {
      host.run?.goOn();
      try {
        host.check();
        return service(...values);
      } catch (thrown) {
        host.run?.halt(thrown);
        throw thrown;
      }
    };
  };
  return Object.fromEntries(Object.entries(each).map(([name, service]) => [name, guarded(service)]));
}
