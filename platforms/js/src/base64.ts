/** Bytes as base64, wherever this runs. */

/** A call takes so many arguments. */
const PART = 8192;

export function bytes64(bytes: Uint8Array): string {
  let binary = '';
  for (let at = 0; at < bytes.length; at += PART) {
    binary += String.fromCharCode(...bytes.subarray(at, at + PART));
  }
  return btoa(binary);
}
