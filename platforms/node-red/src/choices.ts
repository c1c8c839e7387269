/** The choices of a field that the service knows, for the editor: by a connection that is deployed. */

import { actionNamed, choicesOf, triggerNamed, type Connection, type Description, type Plugin } from 'plugin-engine';
import { connectionFields, fieldsOf } from 'plugin-engine/forms';
import type { Node, NodeAPI } from 'node-red';
import { PERMISSION } from './check';
import { failure } from './failure';
import { namesOf, type Choices, type Wanted } from './form';

/** Answers the lists of the editor's fields. */
export function answerChoices(RED: NodeAPI, description: Description, loaded: () => Promise<Plugin>): void {
  const { choices } = namesOf(description);
  RED.httpAdmin?.post(`/${choices}`, RED.auth.needsPermission(PERMISSION), async (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.json(await found(RED, description, loaded, request.body, gone.signal));
  });
}

async function found(
  RED: NodeAPI,
  description: Description,
  loaded: () => Promise<Plugin>,
  wanted: Partial<Wanted> | undefined,
  signal: AbortSignal,
): Promise<Choices> {
  const { connection: id, of: name, field, search, values } = wanted ?? {};
  // No action has the name of a trigger.
  const of = actionNamed(description, String(name)) ?? triggerNamed(description, String(name));
  const connection = deployed(RED, description, String(id));
  if (!of) return { message: `There is no action or trigger "${name}".` };
  if (!connection) return { message: 'Choose a connection, and deploy it first.' };
  try {
    const typed = { search: String(search ?? ''), values: { ...values }, signal };
    const options = await choicesOf(await loaded(), description, of, String(field), connection, typed);
    return { choices: options.map(({ value, title }) => ({ value, label: title })) };
  } catch (thrown) {
    return { message: failure(thrown, [...fieldsOf(of), ...connectionFields(description)]).message };
  }
}

/** Only a connection of this package's own. */
function deployed(RED: NodeAPI, description: Description, id: string): Connection | undefined {
  const node = RED.nodes.getNode(id) as (Node & { connection?: Connection }) | null;
  return node?.type === namesOf(description).connection ? node.connection : undefined;
}
