/** Work on many items, a few at a time. */

import { onAbort, tidy, type Sleep } from 'plugin-engine';

export interface Batching {
  /** Items that are under way. */
  atOnce: number;
  /** The time in which no more items than that are begun, in milliseconds. */
  intervalMs: number;
  sleep: Sleep;
  /** When it comes nothing waits any more: each item is begun, and ends as `work` has it. */
  signal?: AbortSignal | undefined;
}

/**
 * The results in the order of the items. After a failure no further item is begun; once those that are under way have
 * ended, it fails with the error of the first item that failed.
 */
export async function inParallel<T>(
  count: number,
  { atOnce, intervalMs, sleep, signal }: Batching,
  work: (index: number) => Promise<T>,
): Promise<T[]> {
  const results = new Array<T>(count);
  const failures = new Map<number, unknown>();
  /** When each of the last items was begun. */
  const begun: number[] = [];
  let next = 0;
  // One waits for the time of the next item, and all others for it. A failure ends that, too.
  let waiting: Promise<void> | undefined;
  const wait = tidy(sleep);
  const over = new AbortController();
  const off = signal && onAbort(signal, () => over.abort());
  const earlyMs = () => (intervalMs > 0 && next >= atOnce ? begun[next % atOnce]! + intervalMs - Date.now() : 0);
  const worker = async () => {
    while (next < count && failures.size === 0) {
      const early = earlyMs();
      if (early > 0 && !over.signal.aborted) {
        waiting ??= wait(early, over.signal).finally(() => (waiting = undefined));
        await waiting;
        continue;
      }
      const index = next++;
      begun[index % atOnce] = Date.now();
      try {
        results[index] = await work(index);
      } catch (error) {
        failures.set(index, error);
        over.abort();
      }
    }
  };
  await Promise.all(Array.from({ length: Math.min(atOnce, count) }, worker)).finally(() => off?.());
  if (failures.size > 0) throw failures.get(Math.min(...failures.keys()));
  return results;
}
