/** A response's body in Node.js, unpacked and up to a cap. */

import { pipeline, type Duplex } from 'node:stream';
import { createBrotliDecompress, createGunzip, createInflate } from 'node:zlib';
import type { IncomingMessage } from 'node:http';
import { collected, TooLarge } from './collected';

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
  return unpack ? collected(unpacked(response, unpack()), maxBytes) : whole(response, maxBytes);
}

/** As `collected`, by events: to iterate over a stream takes longer than most calls. */
function whole(response: IncomingMessage, maxBytes: number): Promise<Uint8Array> {
  return new Promise((resolve, reject) => {
    const kept: Buffer[] = [];
    let length = 0;
    response.on('data', (chunk: Buffer) => {
      length += chunk.length;
      if (length > maxBytes) reject(new TooLarge());
      else kept.push(chunk);
    });
    response.on('end', () => resolve(Buffer.concat(kept)));
    response.on('error', reject);
    response.on('close', () => reject(new Error('closed')));
  });
}

/** What comes out of `unpacker`, which ends with whichever side ends first. */
function unpacked(response: IncomingMessage, unpacker: Duplex): AsyncIterable<Uint8Array> {
  // Whoever reads is told of every error.
  pipeline(response, unpacker, () => {});
  return unpacker;
}
