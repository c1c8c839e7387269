/** A body as a whole, up to a cap. */

export class TooLarge extends Error {}

/** All of it, as long as it is no more than that. */
export async function collected(chunks: AsyncIterable<Uint8Array>, maxBytes: number): Promise<Uint8Array> {
  const kept: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of chunks) {
    length += chunk.byteLength;
    if (length > maxBytes) throw new TooLarge();
    kept.push(chunk);
  }
  const whole = new Uint8Array(length);
  let at = 0;
  for (const chunk of kept) {
    whole.set(chunk, at);
    at += chunk.byteLength;
  }
  return whole;
}
