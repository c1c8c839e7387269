/**
 * Which events a workflow was handed, so that none comes twice, whichever of its trigger nodes hears of it. What counts is
 * what the process knows: n8n keeps one record of a workflow for all of its nodes, each saves the whole of it, and so the
 * last one wins. The record is for n8n's next start.
 */

import type { FunctionsBase, IDataObject } from 'n8n-workflow';
import { Seen } from 'plugin-engine';

/** Of an account. All of them are saved with each event. */
export const MOST_SEEN = 2000;

const inProcess = new Map<string, Seen>();

type Context = Pick<FunctionsBase, 'getNode' | 'getWorkflow' | 'getWorkflowStaticData'>;

/** What the node's workflow was handed of the account of its credential, and how that is kept. */
export function seenBy(context: Context, credential: string): { seen: Seen; keep: () => void } {
  // Accounts name their events alike.
  const account = accountOf(context, credential);
  const place = `${context.getWorkflow().id}/${account}`;
  const data = context.getWorkflowStaticData('global');
  const entry = `${credential}Seen`;
  const stored = (data[entry] ?? {}) as IDataObject;

  const seen = inProcess.get(place) ?? new Seen(stored[account], { most: MOST_SEEN });
  inProcess.set(place, seen);
  // Another process may have saved it.
  seen.note(new Seen(stored[account], { most: MOST_SEEN }).toJSON().map(([id]) => ({ id, data: {} })));
  const keep = () => {
    // All of it at once: within it n8n would not see the change.
    data[entry] = { ...stored, [account]: seen.toJSON() as unknown as IDataObject[] };
  };
  return { seen, keep };
}

/** The credential stands for it. */
export function accountOf(context: Pick<Context, 'getNode'>, credential: string): string {
  return context.getNode().credentials?.[credential]?.id ?? '';
}
