/** Lines with fields of their own, or values, as a list that is edited in the dialog. */

import type { Field } from 'plugin-engine/forms';
import { empty, isEmpty, type Source, type Sources } from './form';
import { typedIn, typeIn, type Dialog } from './typed-input';

/** Of a line of the widget: its inputs by field. */
type Line = { sources?: Sources; inputs?: [key: string, input: JQuery][] };

/** The field of a list's one value in a line. */
const VALUE = 'value';

export class LineList {
  readonly #list: JQuery & { editableList: Function };
  readonly #field: Field;
  readonly #members: Field[];
  #isShown = false;

  /** `list` is the element that becomes the widget. */
  constructor(dialog: Dialog, list: JQuery, field: Field, source: Source) {
    this.#field = field;
    this.#members = field.kind === 'lines' ? (field.fields ?? []) : [elementOf(field)];
    this.#list = list as JQuery & { editableList: Function };
    this.#list.editableList({
      height: 'auto',
      removable: true,
      sortable: true,
      addItem: (row: JQuery, _: number, line: Line) => this.#fill(dialog, row, line),
    });
    const values = (source.values ?? []).map((value): Sources => ({ [VALUE]: value }));
    for (const sources of source.lines ?? values) this.#list.editableList('addItem', { sources });
  }

  get source(): Source {
    const { kind } = this.#field;
    // What nobody has put anything into is no line.
    const lines = this.#lines().filter((line) => !Object.values(line).every(isEmpty));
    if (kind === 'lines') return { type: kind, value: '', lines };
    return { type: kind, value: '', values: lines.map((line) => line[VALUE]!) };
  }

  /** With a line to begin with. */
  show(isShown: boolean): void {
    this.#list.closest('.form-row').toggle(isShown);
    const isNew = isShown && !this.#isShown;
    this.#isShown = isShown;
    if (isNew && this.#list.editableList('length') === 0) this.#list.editableList('addItem', {});
  }

  #lines(): Sources[] {
    const items: JQuery = this.#list.editableList('items');
    return items.toArray().map((item) => {
      const { inputs = [] } = $(item).data('data') as Line;
      return Object.fromEntries(inputs.map(([key, input]) => [key, typedIn(input)]));
    });
  }

  #fill(dialog: Dialog, row: JQuery, line: Line): void {
    line.inputs = this.#members.map((member) => {
      const one = $('<div style="display: flex; align-items: center; margin: 2px 0"></div>').appendTo(row);
      if (this.#field.kind === 'lines')
        $('<label style="flex: 0 0 110px; margin: 0"></label>').text(member.title).appendTo(one);
      const input = $('<input type="text" style="width: 100%">').appendTo(
        $('<div style="flex: 1"></div>').appendTo(one),
      );
      if (member.example !== undefined) input.attr('placeholder', String(member.example));
      typeIn(dialog, input, member, line.sources?.[member.key] ?? empty(member));
      return [member.key, input];
    });
  }
}

/** What the service is asked for the choices of a list's values by, is the list's. */
function elementOf({ element, options, title }: Field): Field {
  const plain: Field = { key: VALUE, title, description: '', required: false, kind: 'text', choices: [] };
  // An empty value is left out: it needs no other way to say so.
  return { ...plain, ...element, key: VALUE, title, required: true, ...(options && { options }) };
}
