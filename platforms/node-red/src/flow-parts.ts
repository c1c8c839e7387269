/** What the flows of the import menu are put together from. Runs when the package is built. */

import type { Description } from 'plugin-engine';
import { connectionFields } from 'plugin-engine/forms';
import { namesOf } from './form';

/** A node on a sheet; Node-RED gives each an id of its own when it is imported. */
export type Part = { id: string } & Record<string, unknown>;

export class Sheet {
  readonly #of: string;
  readonly #parts: Part[] = [];

  /** `of` begins the ids. */
  constructor(of: string, label: string, info: string) {
    this.#of = of;
    this.#parts.push({ id: this.id('flow'), type: 'tab', label, disabled: false, info });
  }

  get parts(): Part[] {
    return this.#parts;
  }

  id(part: string): string {
    return `${this.#of}-${part}`;
  }

  /** A node at a place, wired to others. */
  add(
    part: string,
    node: { type: string } & Record<string, unknown>,
    [x, y]: [number, number],
    wires: string[] = [],
  ): void {
    const wired = wires.length === 0 ? [] : [wires.map((to) => this.id(to))];
    this.#parts.push({ z: this.id('flow'), ...node, id: this.id(part), x, y, wires: wired });
  }

  /** Without its secrets, which are no part of a flow. */
  addConnection(description: Description): void {
    const shown = connectionFields(description).filter(({ secret }) => !secret);
    const values = shown.map(({ key, kind, default: initial = kind === 'boolean' ? false : '' }) => [key, initial]);
    const { connection } = namesOf(description);
    const name = `My ${description.title}`;
    this.#parts.push({ id: this.id('connection'), type: connection, name, ...Object.fromEntries(values) });
  }

  addDebug(part: string, complete: string, at: [number, number]): void {
    const shown = { active: true, tosidebar: true, console: false, tostatus: false, targetType: 'msg' };
    this.add(part, { type: 'debug', name: part, complete, ...shown }, at);
  }

  addCatch(of: string[], at: [number, number], wires: string[]): void {
    const scope = of.map((part) => this.id(part));
    this.add('catch', { type: 'catch', name: '', scope, uncaught: false }, at, wires);
  }
}
