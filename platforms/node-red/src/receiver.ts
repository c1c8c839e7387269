/** The route of the webhooks, below Node-RED's own: one for all nodes of the package. */

import { WEBHOOK_BYTES, type WebhookRequest, type WebhookResponse } from 'plugin-engine';
import type { NodeAPI } from 'node-red';
import type { Names } from './form';
import { bodyOf, keepRaw, type WebRequest } from './raw-body';

/** Takes a request and says what is answered; never fails. */
export type Receive = (request: WebhookRequest) => Promise<WebhookResponse>;

/** Of Express. */
type Middleware = (request: any, response: any, next: (error?: unknown) => void) => void;

const receivers = new Map<string, Receive>();

/** Where nobody receives, Node-RED answers that there is nothing. */
export function answerWebhooks(RED: NodeAPI, names: Names): void {
  const app = RED.httpNode;
  if (!app) return;
  keepRaw(app, WEBHOOK_BYTES, (path) => {
    const [, action, trigger = '', secret = ''] = path.split('/');
    return action?.toLowerCase() === names.action && receivers.has(placeOf(trigger, secret));
  });
  // Whom the operator keeps out of Node-RED's own routes, does not come in here.
  const { httpNodeMiddleware = [] } = RED.settings as { httpNodeMiddleware?: Middleware | Middleware[] };
  const operators = [httpNodeMiddleware].flat();
  app.all(`/${names.action}/:trigger/:secret`, ...operators, (request, response, next) => {
    const receive = receivers.get(placeOf(String(request.params.trigger), String(request.params.secret)));
    if (!receive) return next();
    answered(request as unknown as WebRequest, receive).then(
      ({ status, headers = {}, body = '' }) => response.status(status).set(headers).end(body),
      (error: Error) => {
        RED.log.error(`[${names.trigger}] A webhook could not be read: ${error.message}`);
        response.status(500).end();
      },
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

async function answered(request: WebRequest, receive: Receive): Promise<WebhookResponse> {
  const body = await bodyOf(request, WEBHOOK_BYTES);
  // A connection with half a request on it is of no use any more.
  if (body === undefined) return { status: 413, headers: { connection: 'close' } };
  const [, query = ''] = /\?(.*)$/s.exec(request.originalUrl) ?? [];
  const { method = '', rawHeaders } = request;
  const headers = rawHeaders.flatMap((name, at) => (at % 2 === 0 ? [[name, rawHeaders[at + 1] ?? ''] as const] : []));
  return receive({ method, headers, query, body });
}
