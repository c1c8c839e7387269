/** How often Zapier runs steps: each is a process of its own, so only Zapier can keep what the service allows. */

import type { Action, Description, Limit } from 'plugin-engine/forms';

type Scope = ('auth' | 'action')[];

/** The action's own limit, for its runs alone; or the plugin's, which all steps share. Zapier knows one for a step. */
export function throttle({ limits = [] }: Pick<Description, 'limits'>, action?: Pick<Action, 'limits'>) {
  const own = tightest(action?.limits ?? []);
  const common = tightest(limits);
  if (own && (!common || rate(own) <= rate(common))) return as(own, ['auth', 'action']);
  return common ? as(common, ['auth']) : {};
}

function as({ requests, perS }: Limit, scope: Scope) {
  return { throttle: { window: perS, limit: requests, scope } };
}

/** The one that allows least in the long run. */
function tightest(limits: Limit[]): Limit | undefined {
  return limits.toSorted((one, other) => rate(one) - rate(other))[0];
}

function rate({ requests, perS }: Limit): number {
  return requests / perS;
}
