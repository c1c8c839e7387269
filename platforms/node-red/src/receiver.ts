/** The route of the webhooks, below Node-RED's own: one for all nodes of the package. */

import type { IncomingMessage } from 'node:http';
import { WEBHOOK_BYTES, type WebhookRequest, type WebhookResponse } from 'plugin-engine';
import type { NodeAPI } from 'node-red';
import type { Names } from './form';

/** Takes a request and says what is answered; never fails. */
export type Receive = (request: WebhookRequest) => Promise<WebhookResponse>;

/** What of Express is used here. */
type Request = IncomingMessage & { params: Record<string, string>; originalUrl: string; body?: unknown };

const receivers = new Map<string, Receive>();

/** Where nobody receives, Node-RED answers that there is nothing. */
export function answerWebhooks(RED: NodeAPI, names: Names): void {
  RED.httpNode?.all(`/${names.action}/:trigger/:secret`, (request, response, next) => {
    const receive = receivers.get(placeOf(request.params.trigger ?? '', request.params.secret ?? ''));
    if (!receive) return next();
    answered(request as unknown as Request, receive).then(
      ({ status, headers = {}, body = '' }) => response.status(status).set(headers).end(body),
      () => response.status(500).end(),
    );
  });
}

/** What is returned gives the address up again; nothing is, if another node has it. */
export function listen(trigger: string, secret: string, receive: Receive): (() => void) | undefined {
  const place = placeOf(trigger, secret);
  if (receivers.has(place)) return undefined;
  receivers.set(place, receive);
  return () => receivers.delete(place);
}

function placeOf(trigger: string, secret: string): string {
  return `${trigger}/${secret}`;
}

async function answered(request: Request, receive: Receive): Promise<WebhookResponse> {
  const body = await bodyOf(request);
  // A connection with half a request on it is of no use any more.
  if (body === undefined) return { status: 413, headers: { connection: 'close' } };
  const [, query = ''] = /\?(.*)$/s.exec(request.originalUrl) ?? [];
  const { method = '', rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []));
  return receive({ method, headers, query, body });
}

/** As it came; nothing, if there is more of it than a webhook has. */
async function bodyOf(request: Request): Promise<Uint8Array | undefined> {
  // Somebody's `httpNodeMiddleware` has read it.
  if (Buffer.isBuffer(request.body)) return request.body;
  if (request.readableEnded) throw new Error('The body of the webhook has been read, and is not there as it came.');
  if (Number(request.headers['content-length'] ?? 0) > WEBHOOK_BYTES) return undefined;
  const parts: Buffer[] = [];
  let length = 0;
  for await (const part of request as AsyncIterable<Buffer>) {
    length += part.length;
    if (length > WEBHOOK_BYTES) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts);
}
