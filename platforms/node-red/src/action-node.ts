/** The node that does something, at run time. */

import { ActionError, actionNamed, allItems, type Named } from 'plugin-engine';
import type { Node, NodeAPI, NodeDef, NodeMessageInFlow } from 'node-red';
import { connectionOf, misconfigured } from './connection-node';
import { failure } from './failure';
import type { ActionForm, Sources } from './form';
import { inputOf, limitOf } from './input';
import { description, FORM, loaded } from './loaded';

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

export function registerActionNode(RED: NodeAPI): void {
  function actionNode(this: Node, def: ActionDef): void {
    RED.nodes.createNode(this, def);
    const running = new Set<Running>();
    let isClosing = false;
    let allEnded = () => {};

    const call = async (msg: NodeMessageInFlow, its: Running): Promise<unknown> => {
      const { connection, secrets } = connectionOf(RED, def.connection);
      const form = FORM.actions.find(({ name }) => name === def.action);
      const action = actionNamed(description, def.action);
      if (!form || !action) throw misconfigured(`This version of the node has no action "${def.action}".`, 'action');
      its.fields = [...form.fields, ...FORM.connection];
      const given = await inputOf(RED, this, form, def.fields ?? {}, msg);
      const { input, limit } = form.isSearch ? limitOf(given) : { input: given };
      its.subject = nameOf(form, input, secrets);
      const onBegin = () => (its.hasBegun = true);
      const options = { signal: its.taken.signal, onBegin };
      const plugin = await loaded();
      if (!form.isSearch) return plugin.call(action.name, input, connection, options);
      return allItems(plugin, action, input, connection, { ...options, ...limit });
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
      const its: Running = {
        taken: new AbortController(),
        hasBegun: false,
        subject: '',
        fields: FORM.connection,
        fail,
      };
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

  RED.nodes.registerType(FORM.names.action, actionNode);
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
