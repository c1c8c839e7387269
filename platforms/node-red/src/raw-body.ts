/**
 * The bodies of requests as they came. Where Node-RED's editor and its nodes have the same address, as they do unless
 * somebody has set it otherwise, the editor's parsers are first: what they have read is not there as it came. So what is
 * wanted raw is read before anything else, as the core's `http in` does it.
 */

import type { IncomingMessage, ServerResponse } from 'node:http';

export type WebRequest = IncomingMessage & { originalUrl: string; _body?: boolean };

/** What of Express is used here. */
interface App {
  parent?: App;
  path?: () => string;
  use?: (handler: Handler) => unknown;
  _router?: { stack: { handle: unknown }[] };
  router?: { stack: { handle: unknown }[] };
}

type Handler = (request: WebRequest, response: ServerResponse, next: (error?: unknown) => void) => void;

/** What was read before anything else; nothing, of what was too large. */
const bodies = new WeakMap<IncomingMessage, Uint8Array | undefined>();

/** Of requests to these paths below those of `app`, the bodies are kept, up to so many bytes. */
export function keepRaw(app: unknown, most: number, isWanted: (path: string) => boolean): void {
  const own = app as App;
  let root = own;
  while (root.parent) root = root.parent;
  const keep: Handler = (request, _, next) => {
    const base = (own.path?.() ?? '').replace(/\/+$/, '');
    const [path = ''] = (request.url ?? '').split('?');
    if (!path.startsWith(base) || !isWanted(path.slice(base.length))) return next();
    read(request, most).then((body) => {
      bodies.set(request, body);
      // So parsers know that there is nothing left for them.
      request._body = true;
      next();
    }, next);
  };
  root.use?.(keep);
  const stack = (root._router ?? root.router)?.stack;
  const at = stack?.findIndex(({ handle }) => handle === keep) ?? -1;
  if (stack && at > 0) stack.unshift(...stack.splice(at, 1));
}

/** As it came; nothing, if there is more of it. Fails where somebody else has read it. */
export async function bodyOf(request: WebRequest, most: number): Promise<Uint8Array | undefined> {
  if (bodies.has(request)) return bodies.get(request);
  if (request.readableEnded) throw new Error('a middleware has read its body, which is not there as it came.');
  return read(request, most);
}

async function read(request: IncomingMessage, most: number): Promise<Uint8Array | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > most) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > most) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
