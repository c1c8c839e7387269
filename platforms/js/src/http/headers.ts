/** What of a request or an answer is a plugin's to say: as in WASI HTTP. */

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

/** A name or a method, and a value, as HTTP has them. */
const TOKEN = /^[!#$%&'*+.^_`|~0-9A-Za-z-]+$/;
const VALUE = /^[\t\x20-\x7e\x80-\xff]*$/;

/** Whether a plugin may send this. */
export function mayBeSent(method: string, headers: Record<string, string>): boolean {
  return (
    TOKEN.test(method) &&
    !METHODS.has(method.toUpperCase()) &&
    Object.entries(headers).every(([name, value]) => isFit(name, value))
  );
}

/** Whether it is a header as HTTP has them, and a plugin's to say, in a request as in an answer to a webhook. */
export function isFit(name: string, value: string): boolean {
  const small = name.toLowerCase();
  return TOKEN.test(small) && VALUE.test(value) && !FORBIDDEN.has(small) && !small.startsWith('proxy-');
}
