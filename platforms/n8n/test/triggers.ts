/** The part of n8n that trigger nodes ask: one workflow with its record, and what comes to its address. */

import { createRequire } from 'node:module';
import type { IHookFunctions, INode, IPollFunctions, IWebhookFunctions } from 'n8n-workflow';
import type { pollingTriggerClass } from '../nodes/polling-trigger';
import type { webhookTriggerClass } from '../nodes/webhook-trigger';

export type Webhook = InstanceType<ReturnType<typeof webhookTriggerClass>>;
export type Polling = InstanceType<ReturnType<typeof pollingTriggerClass>>;

/** The nodes of a package, as they are published. */
export function nodesOf(name: string, base: string) {
  const load = createRequire(__filename);
  const made = (suffix: string) => {
    const file = `./${name}/dist/nodes/${base}/${base}${suffix}.node.js`;
    return new (load(file) as Record<string, new () => unknown>)[base + suffix]!();
  };
  return { webhook: made('Trigger') as Webhook, polling: made('PollingTrigger') as Polling };
}

export interface Sent {
  method?: string;
  headers?: Record<string, string>;
  body?: string;
  url?: string;
}

let workflows = 0;

export class Workflow {
  /** n8n's record of it. */
  record: Record<string, Record<string, unknown>> = {};
  readonly id = `w${(workflows += 1)}`;
  readonly log: string[] = [];
  mode = 'trigger';
  credential = '1';
  /** What the node itself answered. */
  answer: { status?: number; headers: Record<string, string>; body?: unknown } = { headers: {} };

  constructor(
    private readonly credentialType: string,
    public data: Record<string, unknown>,
  ) {}

  /** The node's side, with these parameters. */
  context(parameters: Record<string, unknown>, { method = 'POST', headers = {}, body = '', url = '/hook' }: Sent = {}) {
    const answer = (this.answer = { headers: {} });
    const response = {
      setHeader: (name: string, value: string) => Object.assign(answer.headers, { [name]: value }),
      status: (status: number) => Object.assign(answer, { status }) && response,
      send: (body: unknown) => Object.assign(answer, { body }),
    };
    const functions = {
      getMode: () => this.mode,
      getNode: () =>
        ({
          name: 'Trigger',
          credentials: { [this.credentialType]: { id: this.credential, name: '' } },
        }) as unknown as INode,
      getWorkflow: () => ({ id: this.id, active: true }),
      getWorkflowStaticData: (type: string) => (this.record[type] ??= {}),
      getNodeParameter: (name: string, fallback: unknown) => parameters[name] ?? fallback,
      getCredentials: async () => this.data,
      getTimezone: () => 'Europe/Moscow',
      getRequestObject: () => ({ method, headers, originalUrl: url, rawBody: Buffer.from(body) }),
      getResponseObject: () => response,
      getNodeWebhookUrl: () => 'https://n8n.example/webhook/1/webhook',
      logger: { warn: (text: string) => this.log.push(text) },
    };
    return functions as unknown as IWebhookFunctions & IPollFunctions & IHookFunctions;
  }
}

/** The events that a workflow was begun with. */
export function eventsIn(output: { json: unknown }[][] | null | undefined): { id: string; data: any }[] {
  return (output?.[0] ?? []).map(({ json }) => json as { id: string; data: any });
}
