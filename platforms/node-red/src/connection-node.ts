/** The node that has an account, at run time. */

import { ActionError, type Connection } from 'plugin-engine';
import type { Node, NodeAPI, NodeDef } from 'node-red';
import { FORM } from './loaded';

export interface ConnectionNode extends Node<Record<string, string>> {
  connection: Connection;
  secrets: string[];
}

export function registerConnectionNode(RED: NodeAPI): void {
  function connectionNode(this: ConnectionNode, def: NodeDef & Connection): void {
    RED.nodes.createNode(this, def);
    const stored: Record<string, string> = this.credentials ?? {};
    const values = FORM.connection.map(({ key, secret }) => [key, secret ? stored[key] : def[key]]);
    this.connection = Object.fromEntries(values);
    this.secrets = Object.values(stored).filter((secret) => secret !== '');
  }
  const secrets = FORM.connection.filter(({ secret }) => secret).map(({ key }) => [key, { type: 'password' as const }]);
  RED.nodes.registerType(FORM.names.connection, connectionNode, { credentials: Object.fromEntries(secrets) });
}

/** Fails with an `ActionError` that says what to do. */
export function connectionOf(RED: NodeAPI, id: string): ConnectionNode {
  const node = RED.nodes.getNode(id) as ConnectionNode | null;
  if (!node) throw misconfigured('Choose a connection in the node, and deploy.', 'connection');
  return node;
}

export function misconfigured(message: string, field: string): ActionError {
  return new ActionError({ kind: 'invalid_connection', message, retry: 'never', effect: 'none', field });
}
