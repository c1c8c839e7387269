/** Which of a plugin's triggers Zapier can run. */

import type { Trigger } from 'plugin-engine/forms';

/**
 * What is polled for, and webhooks to which the plugin itself subscribes. Others, whose address a person enters at the
 * service, would have one for each Zap, and Zapier's checks refuse them.
 */
export function isOffered(trigger: Trigger): boolean {
  return trigger.delivery === 'poll' || isSubscribed(trigger);
}

export function isSubscribed({ delivery, subscribe, unsubscribe }: Trigger): boolean {
  return delivery === 'webhook' && subscribe !== undefined && unsubscribe !== undefined;
}
