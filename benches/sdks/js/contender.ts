// A contender in JavaScript: `contender.cjs NAME BASE_URL IN_FLIGHT`. A line on standard input is the length of a round in
// milliseconds; the answer is a line of JSON with what the round came to.

import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { engine } from './engine';
import { native } from './native';
import { stock } from './stock';

/** Makes the sample call, and fails where nothing proves that it was done. */
export type Call = () => Promise<unknown>;

const CONTENDERS: Record<string, (baseUrl: string, inFlight: number) => Promise<Call>> = {
  engine,
  native,
  stock,
};

const [, , name = '', baseUrl = '', inFlight = '1'] = process.argv;

async function round(call: Call, milliseconds: number) {
  const took: number[] = [];
  const cpu = process.cpuUsage();
  const begun = performance.now();
  const end = begun + milliseconds;
  const callUntilEnd = async () => {
    do {
      const before = performance.now();
      await call();
      took.push(performance.now() - before);
    } while (performance.now() < end);
  };
  await Promise.all(Array.from({ length: Number(inFlight) }, callUntilEnd));
  const seconds = (performance.now() - begun) / 1000;
  const { user, system } = process.cpuUsage(cpu);
  took.sort((a, b) => a - b);
  const micros = (share: number) => took[Math.max(0, Math.ceil(took.length * share) - 1)]! * 1000;
  return {
    calls: took.length,
    seconds,
    p50_us: micros(0.5),
    p99_us: micros(0.99),
    cpu_us: (user + system) / took.length,
    peak_bytes: peakBytes(),
  };
}

function peakBytes(): number | null {
  try {
    const found = /^VmHWM:\s+(\d+) kB/m.exec(readFileSync('/proc/self/status', 'utf8'));
    return found ? Number(found[1]) * 1024 : null;
  } catch {
    return null;
  }
}

void (async () => {
  const make = CONTENDERS[name];
  if (!make) throw new Error(`there is no contender ${name}`);
  const call = await make(baseUrl, Number(inFlight));
  for await (const line of createInterface({ input: process.stdin })) {
    console.log(JSON.stringify(await round(call, Number(line))));
  }
  process.exit();
})();
