/** The two nodes, at run time. */

import { description, sha256, wasm } from 'justclick:bundle';
import { ActionError, loadPlugin, type Connection, type Plugin } from '@justclick/plugin';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { failure } from './failure';
import { ACTION_NODE, CONNECTION_NODE, formOf, type ActionForm, type Sources } from './form';
import { inputOf } from './input';

type ConnectionDef = NodeDef & Connection;

interface ConnectionNode extends Node<Record<string, string>> {
  connection: Connection;
  secrets: string[];
}

interface ActionDef extends NodeDef {
  connection: string;
  action: string;
  fields: Sources;
}

const FORM = formOf(description);
const FIELDS = FORM.connection;

/** One for all nodes, from the first message on. It keeps no process alive and ends what is idle by itself. */
let plugin: Promise<Plugin> | null = null;

function loaded(): Promise<Plugin> {
  plugin ??= loadPlugin({ wasm, sha256 }).catch((error: unknown) => {
    plugin = null;
    throw error;
  });
  return plugin;
}

export default function nodes(RED: NodeAPI): void {
  function connectionNode(this: ConnectionNode, def: ConnectionDef): void {
    RED.nodes.createNode(this, def);
    const secrets: Record<string, string> = this.credentials ?? {};
    this.connection = Object.fromEntries(FIELDS.map(({ key, secret }) => [key, secret ? secrets[key] : def[key]]));
    this.secrets = Object.values(secrets).filter((secret) => secret !== '');
  }

  function actionNode(this: Node, def: ActionDef): void {
    RED.nodes.createNode(this, def);
    const closed = new AbortController();
    let running = 0;

    const call = async (msg: NodeMessageInFlow, began: (subject: string) => void): Promise<unknown> => {
      const connection = RED.nodes.getNode(def.connection) as ConnectionNode | null;
      if (!connection) throw misconfigured('Choose a connection in the node, and deploy.', 'connection');
      const action = FORM.actions.find(({ name }) => name === def.action);
      if (!action) throw misconfigured(`This version of the node has no action "${def.action}".`, 'action');
      const input = await inputOf(RED, this, action, def.fields ?? {}, msg);
      began(nameOf(action, input, connection.secrets));
      return (await loaded()).call(action.name, input, connection.connection, { signal: closed.signal });
    };

    const show = (fill: 'blue' | 'green' | 'red', text: string) => {
      if (!closed.signal.aborted) this.status({ fill, shape: fill === 'red' ? 'ring' : 'dot', text });
    };
    const showRunning = () => show('blue', running > 1 ? `${running} running` : 'running');

    this.on('input', async (msg, send, done) => {
      running += 1;
      showRunning();
      let subject = '';
      try {
        msg.payload = await call(msg, (its) => (subject = its));
        running -= 1;
        if (running > 0) showRunning();
        else show('green', 'done');
        send(msg);
        done();
      } catch (thrown) {
        running -= 1;
        const error = failure(thrown);
        if (closed.signal.aborted) {
          // No Catch node is there any more, and somebody may have to look.
          this.error(`${subject}${error.message}`);
          return done();
        }
        show('red', error.code.replaceAll('_', ' '));
        done(error);
      }
    });

    this.on('close', () => {
      closed.abort();
      this.status({});
    });
  }

  const secrets = FIELDS.filter(({ secret }) => secret).map(({ key }) => [key, { type: 'password' as const }]);
  RED.nodes.registerType(CONNECTION_NODE, connectionNode, { credentials: Object.fromEntries(secrets) });
  RED.nodes.registerType(ACTION_NODE, actionNode);
}

/** What a call is about, for the log. Somebody may have taken the wrong field for the key. */
function nameOf({ subject }: ActionForm, input: Record<string, unknown>, secrets: string[]): string {
  const name = subject === undefined ? '' : `${subject} ${input[subject]}: `;
  return secrets.some((secret) => name.includes(secret)) ? '' : name;
}

function misconfigured(message: string, field: string): ActionError {
  return new ActionError({ kind: 'invalid_connection', message, retry: 'never', effect: 'none', field });
}
