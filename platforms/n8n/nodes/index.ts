/** What the files that n8n loads take their classes from: one module for all, so that they share one plugin. */

export { credentialClass } from './credential';
export { nodeClass } from './node';
export { pollingTriggerClass } from './polling-trigger';
export { webhookTriggerClass } from './webhook-trigger';
