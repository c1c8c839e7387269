/** A file that holds a node's state, and that is whole whatever happens: JSON, for nobody else to read. */

import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { mkdir, open, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';

const PRIVATE = 0o600;
const PRIVATE_FOLDER = 0o700;

export class StateFile<T> {
  readonly #path: string;
  readonly #state: () => T;
  /** The write that is under way, and the one that follows it. */
  #current: Promise<void> = Promise.resolve();
  #next: Promise<void> | null = null;

  /** `state` gives what is to be written. */
  constructor(path: string, state: () => T) {
    this.#path = path;
    this.#state = state;
  }

  /**
   * What was written last; nothing, if there is no file. One that can't be read as JSON, as a disk may leave it, is put
   * aside under another name, and told. Another failure is the file system's.
   */
  static read(path: string, told: (message: string) => void): unknown {
    try {
      return JSON.parse(readFileSync(path, 'utf8'));
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      if (!(error instanceof SyntaxError)) throw error;
      mkdirSync(dirname(path), { recursive: true, mode: PRIVATE_FOLDER });
      renameSync(path, `${path}.damaged`);
      told(`${path} is damaged: it has been put aside, and the node begins anew.`);
      return undefined;
    }
  }

  /** Ends once a state is on the disk that is no older than this call. */
  save(): Promise<void> {
    this.#next ??= this.#current.then(() => {
      this.#next = null;
      const written = this.#write();
      this.#current = written.catch(() => {});
      return written;
    });
    return this.#next;
  }

  /** Ends once nothing is being written any more. */
  async idle(): Promise<void> {
    await this.#next?.catch(() => {});
    await this.#current;
  }

  async remove(): Promise<void> {
    await this.idle();
    await rm(this.#path, { force: true });
  }

  async #write(): Promise<void> {
    const folder = dirname(this.#path);
    await mkdir(folder, { recursive: true, mode: PRIVATE_FOLDER });
    const beside = `${this.#path}.new`;
    const file = await open(beside, 'w', PRIVATE);
    try {
      await file.writeFile(JSON.stringify(this.#state()));
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(beside, this.#path);
    await synced(folder);
  }
}

/** That a file has a new name is on the disk, where folders can be synced: on Windows they can not. */
async function synced(folder: string): Promise<void> {
  const handle = await open(folder, 'r').catch(() => null);
  await handle?.sync().catch(() => {});
  await handle?.close();
}
