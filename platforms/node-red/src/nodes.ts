/** The two nodes, at run time. */

import { description, sha256, wasm } from 'plugin:bundle';
import {
  ActionError,
  actionNamed,
  allItems,
  loadPlugin,
  type Connection,
  type Named,
  type Plugin,
} from 'plugin-engine';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { answerChecks } from './check';
import { answerChoices } from './choices';
import { failure } from './failure';
import { formOf, type ActionForm, type Sources } from './form';
import { inputOf, limitOf } from './input';

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

/** A message under way. */
interface Running {
  /** Takes it back. */
  taken: AbortController;
  /** Whether anything of it may have been sent. */
  hasBegun: boolean;
  /** What it is about, for the log. */
  subject: string;
  fields: Named[];
  /** Tells the message's failure, the first time. */
  fail: (thrown: unknown) => void;
}

/** Node-RED waits 15 s for a node to close. */
const CLOSE_MS = 12_000;

const FORM = formOf(description);
const FIELDS = FORM.connection;

/** One for all nodes, from the first message on. It keeps no process alive. */
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
    const running = new Set<Running>();
    let isClosing = false;
    let allEnded = () => {};

    const call = async (msg: NodeMessageInFlow, its: Running): Promise<unknown> => {
      const connection = RED.nodes.getNode(def.connection) as ConnectionNode | null;
      if (!connection) throw misconfigured('Choose a connection in the node, and deploy.', 'connection');
      const form = FORM.actions.find(({ name }) => name === def.action);
      const action = actionNamed(description, def.action);
      if (!form || !action) throw misconfigured(`This version of the node has no action "${def.action}".`, 'action');
      its.fields = [...form.fields, ...FIELDS];
      const given = await inputOf(RED, this, form, def.fields ?? {}, msg);
      const { input, limit } = form.isSearch ? limitOf(given) : { input: given };
      its.subject = nameOf(form, input, connection.secrets);
      const onBegin = () => (its.hasBegun = true);
      const options = { signal: its.taken.signal, onBegin };
      const plugin = await loaded();
      if (!form.isSearch) return plugin.call(action.name, input, connection.connection, options);
      return allItems(plugin, action, input, connection.connection, { ...options, ...limit });
    };

    /** The editor has the text for it, in its own language: `locales/`. */
    const show = (fill: 'blue' | 'green' | 'red', state: string) => {
      if (!isClosing)
        this.status({ fill, shape: fill === 'red' ? 'ring' : 'dot', text: `${FORM.names.texts}.status.${state}` });
    };

    this.on('input', async (msg, send, done) => {
      let isTold = false;
      const fail = (thrown: unknown) => {
        if (isTold) return;
        isTold = true;
        const error = failure(thrown, its.fields);
        const { code, cause } = error;
        show('red', cause.effect === 'unknown' ? 'effect_unknown' : code);
        // A Catch node may be gone by now, and somebody may have to look.
        if (isClosing) this.error(`${its.subject}${error.message}`);
        done(error);
      };
      const its: Running = { taken: new AbortController(), hasBegun: false, subject: '', fields: FIELDS, fail };
      running.add(its);
      if (isClosing) its.taken.abort();
      show('blue', 'running');
      try {
        msg.payload = await call(msg, its);
        running.delete(its);
        if (running.size > 0) show('blue', 'running');
        else show('green', 'done');
        // Where it goes to may be gone by now.
        if (isClosing) this.log(`${its.subject}done, while the flow was being stopped`);
        send(msg);
        done();
      } catch (thrown) {
        running.delete(its);
        fail(thrown);
      } finally {
        if (running.size === 0) allEnded();
      }
    });

    /** What has begun comes to its end, as far as there is time; what waits is told that it is not sent. */
    this.on('close', (closed: () => void) => {
      isClosing = true;
      this.status({});
      const takeBack = (which: (its: Running) => boolean) =>
        [...running].filter(which).forEach((its) => its.taken.abort());
      // At once, before Node-RED has stopped the Catch node, too.
      [...running].filter(({ hasBegun }) => !hasBegun).forEach(({ fail }) => fail(notSent()));
      takeBack(({ hasBegun }) => !hasBegun);
      const late = setTimeout(() => takeBack(() => true), CLOSE_MS);
      allEnded = () => {
        clearTimeout(late);
        closed();
      };
      if (running.size === 0) allEnded();
    });
  }

  const secrets = FIELDS.filter(({ secret }) => secret).map(({ key }) => [key, { type: 'password' as const }]);
  RED.nodes.registerType(FORM.names.connection, connectionNode, { credentials: Object.fromEntries(secrets) });
  RED.nodes.registerType(FORM.names.action, actionNode);
  answerChecks(RED, FORM, loaded);
  answerChoices(RED, description, loaded);
}

/** What a call is about, for the log. Somebody may have taken the wrong field for the key. */
function nameOf({ subject }: ActionForm, input: Record<string, unknown>, secrets: string[]): string {
  const value = subject === undefined ? undefined : input[subject];
  const name = ['string', 'number'].includes(typeof value) ? `${subject} ${value}: ` : '';
  return secrets.some((secret) => name.includes(secret)) ? '' : name;
}

function notSent(): ActionError {
  const message = 'The node was stopped before this was sent: send it again.';
  return new ActionError({ kind: 'unavailable', message, retry: 'later', effect: 'none' });
}

function misconfigured(message: string, field: string): ActionError {
  return new ActionError({ kind: 'invalid_connection', message, retry: 'never', effect: 'none', field });
}
