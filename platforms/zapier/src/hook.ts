/** A webhook to which the plugin subscribes, as an instant trigger of Zapier's. */

import type { Bundle, Trigger as ZapierTrigger, ZObject } from 'zapier-platform-core';
import { receive, Seen, type WebhookRequest } from 'plugin-engine';
import { connectionFields, fieldsOf, type Description, type Trigger } from 'plugin-engine/forms';
import { triggerError } from './errors';
import { eventFields, eventNoun, eventOutput, eventSample } from './event';
import { inputFields, inputOf } from './fields';
import type { UsePlugin } from './session';
import { displayOf } from './text';

/** What Zapier keeps of a subscription, as long as the Zap is on. */
interface Kept {
  id: string;
  secret: string;
  /** When Zapier is to subscribe anew. */
  expiration_date?: string;
}

export function hook(trigger: Trigger, description: Description, usePlugin: UsePlugin): ZapierTrigger {
  const named = [...fieldsOf(trigger), ...connectionFields(description)];
  const failed = (z: ZObject) => (error: unknown) => {
    throw triggerError(z, error, named);
  };
  return {
    key: trigger.name,
    noun: eventNoun(trigger),
    display: displayOf(trigger),
    operation: {
      type: 'hook',
      inputFields: inputFields(trigger),
      outputFields: eventFields(trigger),
      sample: eventSample(trigger),
      performSubscribe: async (z: ZObject, bundle: Bundle): Promise<Kept> => {
        const request = { input: inputOf(trigger, bundle), url: bundle.targetUrl ?? '' };
        const made = await usePlugin((plugin) => plugin.subscribe(trigger.name, request, bundle.authData)).catch(
          failed(z),
        );
        const { subscription, secret, expires } = made;
        const end = expires === undefined ? {} : { expiration_date: new Date(expires * 1000).toISOString() };
        return { id: subscription, secret, ...end };
      },
      performUnsubscribe: async (z: ZObject, bundle: Bundle) => {
        const request = { input: inputOf(trigger, bundle), subscription: bundle.subscribeData?.id ?? '' };
        await usePlugin((plugin) => plugin.unsubscribe(trigger.name, request, bundle.authData)).catch(failed(z));
        return {};
      },
      perform: async (z: ZObject, bundle: Bundle) => {
        const { events, refuted, response, error } = await usePlugin((plugin) =>
          receive(plugin, trigger.name, requestOf(trigger, bundle), new Seen(), bundle.authData),
        );
        for (const { id } of refuted) z.console.log(`The service knows nothing of the event ${id}.`);
        if (error === undefined) return events.map((event) => eventOutput(trigger, event));
        // Whoever sends nonsense to the address is not to turn the Zap off.
        if (response.status >= 500) throw triggerError(z, error, named);
        z.console.log(`A request was passed over: ${error instanceof Error ? error.message : error}`);
        return [];
      },
    },
  };
}

/** The request as it came to Zapier, which puts `Http-` before the names of its headers. */
function requestOf(trigger: Trigger, bundle: Bundle): WebhookRequest {
  const { method = 'POST', headers = {}, querystring = '', content = '' } = bundle.rawRequest ?? {};
  const secret = (bundle.subscribeData as Partial<Kept> | undefined)?.secret;
  return {
    input: inputOf(trigger, bundle),
    method,
    headers: Object.entries(headers).map(([name, value]) => [name.replace(/^http-/i, ''), String(value)] as const),
    query: querystring,
    body: new TextEncoder().encode(content),
    ...(secret !== undefined && { secret }),
  };
}
