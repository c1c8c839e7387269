/** One field in a dialog, as Node-RED's typed input: which types of source it can have. */

import type { EditorWidgetTypedInputTypeDefinition } from 'node-red';
import type { Field } from 'plugin-engine/forms';
import { chooser } from './chooser';
import { mayBeUnset, type Form, type Source } from './form';

export type TypedInputType = EditorWidgetTypedInputTypeDefinition | string;

/** What is called by the names of its methods. */
type Widget = Omit<JQuery, 'typedInput'> & { typedInput: Function };

/** What the fields of a dialog share. */
export interface Dialog {
  form: Form;
  /** The action or the trigger. */
  of: { name: string };
  /** The types whose value is known when the flow runs: those of Node-RED. */
  dynamic: readonly string[];
  /** The fixed values, as far as they are typed. */
  values: () => Record<string, string>;
  /** A text of `locales/`. */
  text: (key: string) => string;
  changed: () => void;
}

export function typeIn(dialog: Dialog, input: JQuery, field: Field, source: Source): void {
  const typed = input as Widget;
  typed.typedInput({ types: typesOf(dialog, field) });
  typed.typedInput('type', source.type);
  typed.typedInput('value', source.value);
  typed.on('change', dialog.changed);
}

export function typedIn(input: JQuery): Source {
  const typed = input as Widget;
  return { type: typed.typedInput('type'), value: typed.typedInput('value') };
}

function typesOf(dialog: Dialog, field: Field): TypedInputType[] {
  const none = { value: 'none', label: dialog.text('none'), icon: 'fa fa-ban', hasValue: false } as TypedInputType;
  return [...ownTypes(dialog, field), ...(mayBeUnset(field) ? [none] : []), ...dialog.dynamic];
}

function ownTypes({ form, of, values }: Dialog, field: Field): TypedInputType[] {
  const { kind, title } = field;
  // Its list stands below.
  if (kind === 'lines' || kind === 'list') {
    return [{ value: kind, label: title, icon: 'fa fa-list-ul', hasValue: false } as TypedInputType, 'json'];
  }
  if (field.options) return [chooser(form, of, field, values)];
  switch (kind) {
    case 'choice': {
      const options = field.choices.map(({ value, title, description }) => ({
        value,
        label: description ? `${title} – ${description.toLowerCase()}` : title,
      }));
      return [{ value: 'choice', label: title, icon: 'fa fa-list', showLabel: false, options } as TypedInputType];
    }
    case 'dateTime':
      return ['str', 'date'];
    case 'integer':
    case 'number':
      return ['num'];
    case 'boolean':
      return ['bool'];
    default:
      return ['str'];
  }
}
