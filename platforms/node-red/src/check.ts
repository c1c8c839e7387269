/** The test of a connection from the editor, as it is typed there: not deployed yet, perhaps. */

import { ActionError, type Plugin } from 'plugin-engine';
import type { NodeAPI } from 'node-red';
import { failure } from './failure';
import { KEPT, type Checked, type Form, type Typed } from './form';

/** Whoever may deploy flows may use any connection anyway; who may only read them may not. */
export const PERMISSION = 'flows.write';

const ENVIRONMENT_VARIABLE = /^\$\{([^}]+)\}$/;

/** Answers the editor's button. */
export function answerChecks(RED: NodeAPI, form: Form, loaded: () => Promise<Plugin>): void {
  // There is none where the editor is turned off.
  RED.httpAdmin?.post(`/${form.names.check}`, RED.auth.needsPermission(PERMISSION), async (request, response) => {
    const gone = new AbortController();
    response.on('close', () => gone.abort());
    response.json(await checked(RED, form, loaded, request.body, gone.signal));
  });
}

async function checked(
  RED: NodeAPI,
  form: Form,
  loaded: () => Promise<Plugin>,
  typed: Partial<Typed> | undefined,
  signal: AbortSignal,
): Promise<Checked> {
  try {
    const connection = connectionOf(RED, form, typed ?? {});
    const output = await (await loaded()).checkConnection(connection, { signal });
    return { works: true, account: Object.values(output).map(String).join(', ') };
  } catch (thrown) {
    return { works: false, message: failure(thrown, form.connection).message };
  }
}

/** The values as the node will have them once they are deployed. */
function connectionOf(RED: NodeAPI, form: Form, { id, values }: Partial<Typed>) {
  const stored = credentialsOf(RED, form, id);
  const resolved = form.connection.map(({ key, secret }) => {
    const value = values?.[key];
    return [key, fromEnvironment(RED, id, secret && value === KEPT ? stored[key] : value)] as const;
  });
  return Object.fromEntries(resolved);
}

/** What Node-RED keeps for a connection. Another node's credentials are none of this one's business. */
function credentialsOf(RED: NodeAPI, { names }: Form, id: string | undefined): Record<string, string> {
  let isConnection = false;
  RED.nodes.eachNode((node) => (isConnection ||= node.id === id && node.type === names.connection));
  return isConnection && id !== undefined ? { ...RED.nodes.getCredentials(id) } : {};
}

/** As Node-RED does it for a node that is deployed. */
function fromEnvironment(RED: NodeAPI, id: string | undefined, value: unknown): string | boolean | undefined {
  if (typeof value === 'boolean' || value === undefined) return value;
  if (typeof value !== 'string') throw notTyped();
  const [, name] = ENVIRONMENT_VARIABLE.exec(value) ?? [];
  if (name === undefined) return value;
  const node = id === undefined ? null : RED.nodes.getNode(id);
  return String(RED.util.getSetting(node ?? ({} as never), name) ?? value);
}

function notTyped(): ActionError {
  const message = 'A value of the connection is no text: type it anew.';
  return new ActionError({ kind: 'invalid_connection', message, retry: 'never', effect: 'none' });
}
