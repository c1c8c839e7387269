/** The node that tells what happens, at run time. */

import { join } from 'node:path';
import { triggerNamed, type Trigger } from 'plugin-engine';
import type { NodeAPI } from 'node-red';
import { misconfigured } from './connection-node';
import { Group } from './group';
import { description, FORM } from './loaded';
import { answerWebhooks } from './receiver';
import { StateFile } from './state-file';
import { Telling, type TriggerDef, type TriggerNode } from './telling';

/** In Node-RED's own folder, as its context need not outlive it. */
const FOLDER = 'plugin-state';

export function registerTriggerNode(RED: NodeAPI): void {
  const groups = new Map<string, Group>();

  function triggerNode(this: TriggerNode, def: TriggerDef): void {
    RED.nodes.createNode(this, def);
    const trigger = triggerNamed(description, def.trigger);
    if (!trigger) {
      this.error(misconfigured(`This version of the node has no trigger "${def.trigger}".`, 'trigger').message);
      return;
    }
    const telling = tellingOf(this, def, trigger);
    if (!telling) return;
    // What is handed on needs nodes that take it.
    const begin = () => telling.begin();
    RED.events.once('flows:started', begin);
    this.on('input', (msg, _, done) => {
      telling.answered(msg).then(() => done(), done);
    });
    this.on('close', (removed: boolean, done: () => void) => {
      RED.events.removeListener('flows:started', begin);
      telling.close(removed).then(done, done);
    });
  }

  /** Nothing, if what is kept can't be read: then nobody knows what was handed on. */
  function tellingOf(node: TriggerNode, def: TriggerDef, trigger: Trigger): Telling | undefined {
    const path = join(RED.settings.userDir ?? '.', FOLDER, FORM.names.action, `${encodeURIComponent(node.id)}.json`);
    try {
      const state = StateFile.read(path, (message) => node.warn(message));
      return new Telling(RED, node, def, trigger, { path, state, group: groupOf(def) });
    } catch (error) {
      node.status({ fill: 'red', shape: 'ring', text: `${FORM.names.texts}.status.unsafe` });
      node.error(`${path} can't be read: ${(error as Error).message}`);
      return undefined;
    }
  }

  function groupOf({ shared, connection }: TriggerDef): Group {
    if (!shared) return new Group();
    const group = groups.get(connection) ?? new Group();
    groups.set(connection, group);
    return group;
  }

  answerWebhooks(RED, FORM.names);
  RED.nodes.registerType(FORM.names.trigger, triggerNode, { credentials: { secret: { type: 'text' } } });
}
