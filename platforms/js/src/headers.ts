/** Headers and methods that are the connection's, not the request's: as in WASI HTTP. */

/** Whoever could set one of these could make one request look like two, or like one for another host. */
const FORBIDDEN = new Set([
  'connection',
  'content-length',
  'expect',
  'host',
  'http2-settings',
  'keep-alive',
  'te',
  'trailer',
  'transfer-encoding',
  'upgrade',
]);

/** One asks for a tunnel, the others for the request itself, with what the host has added to it. */
const METHODS = new Set(['CONNECT', 'TRACE', 'TRACK']);

/** Whether a plugin may send this. */
export function mayBeSent(method: string, headers: Iterable<[string, string]>): boolean {
  const names = [...headers].map(([name]) => name.toLowerCase());
  return !METHODS.has(method.toUpperCase()) && !names.some((name) => FORBIDDEN.has(name) || name.startsWith('proxy-'));
}
