/** A response's body in Node.js, unpacked and up to a cap. */

import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { collected } from './collected';

/** A server may pack its answer though it was asked not to. */
const UNPACKERS: Record<string, () => Duplex> = {
  gzip: createGunzip,
  'x-gzip': createGunzip,
  deflate: createInflate,
  br: createBrotliDecompress,
};

/** Counts what has been unpacked, while it comes. */
export async function bodyUpTo(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  const unpack = UNPACKERS[response.headers['content-encoding']?.trim().toLowerCase() ?? ''];
  return collected(unpack ? unpacked(response, unpack()) : response, maxBytes);
}

/** What comes out of `unpacker`, which ends with whichever side ends first. */
function unpacked(response: IncomingMessage, unpacker: Duplex): AsyncIterable<Uint8Array> {
  // Whoever reads is told of every error.
  pipeline(response, unpacker, () => {});
  return unpacker;
}
