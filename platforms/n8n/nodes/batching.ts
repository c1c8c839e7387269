/** How many items a person wants to be under way. */

import { NodeOperationError, type INode } from 'n8n-workflow';
import { BATCH, BATCH_INTERVAL, BATCH_ITEMS, BATCH_SIZE, BATCHING, MOST_BATCH_ITEMS } from './names';

interface Batches {
  atOnce: number;
  intervalMs: number;
}

/** Of the node's options. Fails with n8n's error where an expression gives what is no such number. */
export function batchesOf(node: INode, options: Record<string, unknown>): Batches {
  const { [BATCH]: batch } = (options[BATCHING] ?? {}) as Record<string, Record<string, unknown> | undefined>;
  const atOnce = Number(batch?.[BATCH_SIZE] ?? BATCH_ITEMS);
  const intervalMs = Number(batch?.[BATCH_INTERVAL] ?? 0);
  if (!Number.isInteger(atOnce) || atOnce < 1 || atOnce > MOST_BATCH_ITEMS) {
    throw new NodeOperationError(node, `Items per Batch must be a whole number from 1 to ${MOST_BATCH_ITEMS}.`);
  }
  if (!Number.isFinite(intervalMs) || intervalMs < 0) {
    throw new NodeOperationError(node, 'Batch Interval must be a number of milliseconds, 0 or more.');
  }
  return { atOnce, intervalMs };
}
