/** Where a service was told to send: kept in n8n's record of the node, for each address. */

import { description } from 'plugin:bundle';
import type { FunctionsBase, IDataObject, IHookFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { Subscription, Trigger } from 'plugin-engine';
import { nodeError } from './errors';
import { connectionOf } from './input';
import { sharedPlugin } from './plugin';
import { asked, fieldsIn } from './triggers';

const ENTRY = 'subscriptions';

type Kept = Subscription & { event: string };
type Context = Pick<FunctionsBase, 'getWorkflowStaticData'> & Pick<IHookFunctions, 'getNodeWebhookUrl'>;

/** That of the node's address, unless it has ended by itself. */
export function subscriptionOf(context: IHookFunctions | IWebhookFunctions): Kept | undefined {
  const kept = all(context)[addressOf(context)];
  const hasEnded = kept?.expires !== undefined && kept.expires * 1000 <= Date.now();
  return hasEnded ? undefined : kept;
}

/** Tells the service the address. Fails with what n8n shows. */
export async function subscribe(context: IHookFunctions, triggers: Trigger[], credential: string): Promise<void> {
  const { trigger, input } = asked(context, triggers);
  const url = addressOf(context);
  if (trigger.subscribe === undefined) return;
  try {
    const connection = connectionOf(description, await context.getCredentials(credential));
    const made = await (await sharedPlugin()).subscribe(trigger.name, { input, url }, connection);
    keep(context, { ...all(context), [url]: { ...made, event: trigger.name } });
  } catch (error) {
    throw nodeError(context.getNode(), error, fieldsIn(trigger));
  }
}

/** Tells the service to stop. What fails is kept, so that it can be tried again. */
export async function unsubscribe(context: IHookFunctions, triggers: Trigger[], credential: string): Promise<void> {
  const url = addressOf(context);
  const { [url]: kept, ...others } = all(context);
  const trigger = triggers.find(({ name }) => name === kept?.event);
  if (!kept || trigger?.unsubscribe === undefined) return;
  try {
    const connection = connectionOf(description, await context.getCredentials(credential));
    await (await sharedPlugin()).unsubscribe(trigger.name, { subscription: kept.subscription }, connection);
    keep(context, others);
  } catch (error) {
    throw nodeError(context.getNode(), error, fieldsIn(trigger));
  }
}

function addressOf(context: Context): string {
  return context.getNodeWebhookUrl('default') ?? '';
}

function all(context: Context): Record<string, Kept> {
  return (context.getWorkflowStaticData('node')[ENTRY] ?? {}) as unknown as Record<string, Kept>;
}

function keep(context: Context, kept: Record<string, Kept>): void {
  context.getWorkflowStaticData('node')[ENTRY] = kept as unknown as IDataObject;
}
