/**
 * The blocks of memory through which a plugin and its host hand each other texts: Extism's `alloc`, `free`, `length`,
 * `load_…` and `store_…`. They are outside the plugin's own memory. An offset of 0 stands for no block.
 */

import { beyond, BLOCKS, MEMORY_BYTES } from './caps';

/** The first offset that is handed out. */
const FIRST = 16;

/** What is kept for the next run. */
const KEPT_BYTES = 2 ** 16;

const NOTHING = new Uint8Array();

/** The blocks of one run. */
export class Blocks {
  #bytes = new Uint8Array(KEPT_BYTES);
  #view = new DataView(this.#bytes.buffer);
  #end = FIRST;
  /** By offset; of a freed block only its capacity is there. */
  readonly #lengths = new Map<number, number>();
  readonly #capacities = new Map<number, number>();
  readonly #free = new Set<number>();

  /** Forgets all, and what was in them. */
  reset(): void {
    if (this.#bytes.length > KEPT_BYTES) this.#use(new Uint8Array(KEPT_BYTES));
    else this.#bytes.fill(0, 0, this.#end);
    this.#end = FIRST;
    for (const index of [this.#lengths, this.#capacities, this.#free]) index.clear();
  }

  /** A new block of zeroes; 0 if nothing was asked for. */
  alloc(length: number): number {
    if (length === 0) return 0;
    if (!(length > 0 && length <= MEMORY_BYTES)) throw noRoom();
    const freed = this.#freed(length);
    if (freed !== undefined) return freed;
    if (this.#capacities.size >= BLOCKS) throw beyond('blocks', `${BLOCKS} in one run`);
    // Each begins at a multiple of 8, as what is loaded and stored is mostly 8 bytes long.
    const offset = this.#end;
    const end = Math.ceil((offset + length) / 8) * 8;
    if (end > MEMORY_BYTES) throw noRoom();
    if (end > this.#bytes.length) this.#grow(end);
    this.#end = end;
    this.#capacities.set(offset, end - offset);
    this.#lengths.set(offset, length);
    return offset;
  }

  /** A new block of these bytes; 0 if there are none. */
  put(bytes: Uint8Array): number {
    const offset = this.alloc(bytes.length);
    if (offset > 0) this.#bytes.set(bytes, offset);
    return offset;
  }

  /** Makes the block's room available again. What is no block is left alone. */
  free(offset: number): void {
    if (this.#lengths.delete(offset)) this.#free.add(offset);
  }

  /** The length of the block that begins there; 0 if there is none. */
  length(offset: number): number {
    return this.#lengths.get(offset) ?? 0;
  }

  /** The block that begins there, for the moment; nothing if there is none. */
  get(offset: number): Uint8Array {
    return this.bytesAt(offset, this.length(offset));
  }

  /** These bytes, for the moment, wherever blocks begin; nothing if they are not all there. */
  bytesAt(offset: number, length: number): Uint8Array {
    return this.#has(offset, length) ? this.#bytes.subarray(offset, offset + length) : NOTHING;
  }

  /** Zero where there is nothing. */
  loadByte(offset: number): number {
    return this.#has(offset, 1) ? this.#view.getUint8(offset) : 0;
  }

  loadWord(offset: number): bigint {
    return this.#has(offset, 8) ? this.#view.getBigUint64(offset, true) : 0n;
  }

  storeByte(offset: number, value: number): void {
    if (this.#has(offset, 1)) this.#view.setUint8(offset, value);
  }

  storeWord(offset: number, value: bigint): void {
    if (this.#has(offset, 8)) this.#view.setBigUint64(offset, value, true);
  }

  #has(offset: number, length: number): boolean {
    return offset >= FIRST && length >= 0 && offset + length <= this.#end;
  }

  #freed(length: number): number | undefined {
    for (const offset of this.#free) {
      if ((this.#capacities.get(offset) ?? 0) < length) continue;
      this.#free.delete(offset);
      this.#lengths.set(offset, length);
      this.#bytes.fill(0, offset, offset + length);
      return offset;
    }
    return undefined;
  }

  #grow(end: number): void {
    const bytes = new Uint8Array(Math.max(end, Math.min(this.#bytes.length * 2, MEMORY_BYTES)));
    bytes.set(this.#bytes.subarray(0, this.#end));
    this.#use(bytes);
  }

  #use(bytes: Uint8Array<ArrayBuffer>): void {
    this.#bytes = bytes;
    this.#view = new DataView(bytes.buffer);
  }
}

function noRoom() {
  return beyond('memory', `${MEMORY_BYTES / 2 ** 20} MiB for blocks`);
}
