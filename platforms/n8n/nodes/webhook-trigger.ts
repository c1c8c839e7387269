/** The class of the node that services send to, made from the plugin's description. */

import { description } from 'plugin:bundle';
import {
  type IHookFunctions,
  type INodeType,
  type INodeTypeDescription,
  type IWebhookFunctions,
  type IWebhookResponseData,
} from 'n8n-workflow';
import { Patience, receive, Seen, type WebhookOutcome } from 'plugin-engine';
import { baseOf, methodsOf } from './base';
import { messageOf, nodeError } from './errors';
import { connectionOf } from './input';
import { MAX_WAIT, MAX_WEBHOOK_WAIT_S, OPTIONS, type Names } from './names';
import { pause, sharedPlugin } from './plugin';
import { seenBy } from './seen';
import { subscribe, subscriptionOf, unsubscribe } from './subscription';
import { webhookProperties } from './trigger-properties';
import { asked, fieldsIn, itemsOf, triggersOf } from './triggers';

export function webhookTriggerClass(names: Names) {
  const { credential, title } = names;
  const triggers = triggersOf('webhook');
  const path = 'webhook';

  return class implements INodeType {
    description: INodeTypeDescription = {
      ...baseOf(names),
      group: ['trigger'],
      version: 1,
      subtitle: '={{ $parameter["event"].replaceAll("_", " ") }}',
      description: `Starts the workflow when ${description.title} tells that something has happened`,
      inputs: [],
      webhooks: [
        // Empty, n8n answers with what the node gives; left out, with the words "firstEntryJson".
        { name: 'default', httpMethod: 'POST', responseMode: 'onReceived', responseData: '', path },
        // By which some services make sure of an address.
        { name: 'setup', httpMethod: 'GET', responseMode: 'onReceived', responseData: '', path, ndvHideUrl: true },
      ],
      properties: webhookProperties(triggers),
    };

    methods = methodsOf(triggers, credential);

    webhookMethods = {
      default: {
        async checkExists(this: IHookFunctions): Promise<boolean> {
          const { trigger } = asked(this, triggers);
          // Where the service has no call for it, a person puts the address there.
          return trigger.subscribe === undefined || subscriptionOf(this)?.event === trigger.name;
        },
        async create(this: IHookFunctions): Promise<boolean> {
          await subscribe(this, triggers, credential);
          return true;
        },
        async delete(this: IHookFunctions): Promise<boolean> {
          await unsubscribe(this, triggers, credential);
          return true;
        },
      },
    };

    async webhook(this: IWebhookFunctions): Promise<IWebhookResponseData> {
      // What is tried out is not what the workflow has had.
      const { seen, keep } =
        this.getMode() === 'manual' ? { seen: new Seen(), keep: () => {} } : seenBy(this, credential);
      const outcome = await received(this, seen);
      if (outcome.events.length > 0) keep();
      return answered(this, outcome);
    }
  };

  async function received(context: IWebhookFunctions, seen: Seen): Promise<WebhookOutcome> {
    const { trigger, input } = asked(context, triggers);
    const options = context.getNodeParameter(OPTIONS, {}) as Record<string, unknown>;
    const patience = new Patience(Number(options[MAX_WAIT] ?? MAX_WEBHOOK_WAIT_S) * 1000, pause);
    const { method, originalUrl, headers, rawBody } = context.getRequestObject() as Request;
    const request = {
      input,
      method,
      headers,
      query: originalUrl.split('?').slice(1).join('?'),
      body: rawBody ?? new Uint8Array(),
      ...secretOf(context),
    };
    const connection = connectionOf(description, await context.getCredentials(credential));
    const outcome = await receive(await sharedPlugin(), trigger.name, request, seen, connection, { patience });
    for (const { id } of outcome.refuted) context.logger.warn(`${title}: ${description.title} does not know of ${id}.`);
    if (outcome.error === undefined) return outcome;
    // Somebody has to look at the credential or the node: an execution that failed is seen, n8n's log is not.
    if (outcome.response.status === 500) throw nodeError(context.getNode(), outcome.error, fieldsIn(trigger));
    context.logger.warn(`${title}: ${messageOf(outcome.error, fieldsIn(trigger))}`);
    return outcome;
  }
}

/** The part of it that n8n has. A body in parts, as forms with files have it, n8n does not keep as it came. */
interface Request {
  method: string;
  originalUrl: string;
  headers: Record<string, string | string[] | undefined>;
  rawBody?: Uint8Array;
}

function secretOf(context: IWebhookFunctions): { secret?: string } {
  const { secret } = subscriptionOf(context) ?? {};
  return secret === undefined ? {} : { secret };
}

/** n8n itself answers once it has the execution, but only with 200; any other answer is the node's. */
function answered(context: IWebhookFunctions, { events, response }: WebhookOutcome): IWebhookResponseData {
  const { status, headers = {}, body = '' } = response;
  const answer = context.getResponseObject();
  // Without a type it would be taken for a page.
  for (const [name, value] of Object.entries({ 'content-type': 'text/plain; charset=utf-8', ...small(headers) })) {
    answer.setHeader(name, value);
  }
  const workflowData = events.length > 0 ? { workflowData: [itemsOf(events)] } : {};
  if (events.length > 0 && status === 200) return { ...workflowData, webhookResponse: body };
  answer.status(status).send(body);
  return { ...workflowData, noWebhookResponse: true };
}

function small(headers: Record<string, string>): Record<string, string> {
  return Object.fromEntries(Object.entries(headers).map(([name, value]) => [name.toLowerCase(), value]));
}
