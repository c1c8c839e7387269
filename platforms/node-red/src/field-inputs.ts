/** The fields of an action or a trigger in a node's dialog. */

import type { Field } from 'plugin-engine/forms';
import { holds, type Source, type Sources } from './form';
import { inputId, listId } from './ids';
import { LineList } from './line-list';
import { typedIn, typeIn, type Dialog } from './typed-input';

export class FieldInputs {
  readonly #dialog: Dialog;
  readonly #fields: Field[];
  readonly #lists = new Map<string, LineList>();

  /** `sourceOf` tells what stands in a field. */
  constructor(dialog: Omit<Dialog, 'values'>, fields: Field[], sourceOf: (field: Field) => Source) {
    this.#dialog = { ...dialog, values: () => fixed(this.sources) };
    this.#fields = fields;
    for (const field of fields) {
      const source = sourceOf(field);
      typeIn(this.#dialog, this.#input(field), field, source);
      if (field.kind !== 'lines' && field.kind !== 'list') continue;
      this.#lists.set(
        field.key,
        new LineList(this.#dialog, $(`#${listId(dialog.form, dialog.of, field)}`), field, source),
      );
    }
  }

  get sources(): Sources {
    return Object.fromEntries(this.#fields.map((field) => [field.key, this.#source(field)]));
  }

  /** What is not shown is not sent. */
  get shown(): Sources {
    const { sources } = this;
    return Object.fromEntries(
      this.#fields.filter((field) => isShown(field, sources)).map(({ key }) => [key, sources[key]!]),
    );
  }

  /** Shows the fields that the choices in the form ask for, or none. */
  show(isChosen: boolean): void {
    const { sources } = this;
    for (const field of this.#fields) {
      const isVisible = isChosen && isShown(field, sources);
      this.#input(field).closest('.form-row').toggle(isVisible);
      this.#lists.get(field.key)?.show(isVisible && sources[field.key]?.type === field.kind);
    }
  }

  #source(field: Field): Source {
    const source = typedIn(this.#input(field));
    return source.type === field.kind ? (this.#lists.get(field.key)?.source ?? source) : source;
  }

  #input(field: Field): JQuery {
    return $(`#${inputId(this.#dialog.form, this.#dialog.of, field)}`);
  }
}

function isShown({ visible = {} }: Field, sources: Sources): boolean {
  return holds(visible, sources) !== false;
}

/** The values that stand in the form itself. */
function fixed(sources: Sources): Record<string, string> {
  const values = Object.entries(sources).filter(([, { type }]) => type === 'str' || type === 'choice');
  return Object.fromEntries(values.map(([key, { value }]) => [key, value]));
}
