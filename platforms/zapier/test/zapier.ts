/** The built integration, called as Zapier calls it. */

import { createRequire } from 'node:module';
import zapier, { type PlainInputField } from 'zapier-platform-core';
import type { Integration } from '../src/integration';

interface Output {
  results: unknown;
}

type Handler = (event: Record<string, unknown>) => Promise<Output>;

const load = createRequire(__filename);

/** `integration.cjs`, or `shop.cjs` of the second plugin. */
export function loadIntegration(file: string): Integration {
  return load(`./${file}`) as Integration;
}

/** One event of Zapier's; `log` gets what would go into its logs. */
export async function send(app: Integration, event: Record<string, unknown>, log: unknown[] = []): Promise<unknown> {
  const handler = (zapier as unknown as { createAppHandler(app: Integration): Handler }).createAppHandler(app);
  const customLogger = (...line: unknown[]) => void log.push(line);
  const { results } = await handler({ bundle: {}, ...event, customLogger });
  return results;
}

/** The fields that the editor shows for what has been entered so far. */
export async function shownFields(
  app: Integration,
  action: string,
  inputData: Record<string, unknown>,
  kind: 'creates' | 'searches' = 'creates',
): Promise<PlainInputField[]> {
  const method = `${kind}.${action}.operation.inputFields`;
  return (await send(app, { command: 'execute', method, bundle: { inputData } })) as PlainInputField[];
}
