/** A field whose choices the service knows: what is typed is looked for there. */

import type { EditorWidgetTypedInputTypeDefinition } from 'node-red';
import type { Field } from 'plugin-engine/forms';
import type { Choices, Form, Wanted } from './form';

/** The service is asked once nobody has typed for so many milliseconds. */
const PAUSE_MS = 300;

type Done = (found: { value: string; label: string }[]) => void;

/**
 * `of` is the action or trigger that has the field, `values` are the fixed ones of its form. The value that is chosen is
 * a text like any that is typed.
 */
export function chooser(
  form: Form,
  of: { name: string },
  field: Field,
  values: () => Record<string, string>,
): EditorWidgetTypedInputTypeDefinition {
  const ask = (search: string, done: Done) => {
    const connection = String($('#node-input-connection').val() ?? '');
    const wanted: Wanted = {
      connection,
      of: of.name,
      field: field.options?.field ?? field.key,
      search,
      values: values(),
    };
    $.ajax({
      url: form.names.choices,
      method: 'POST',
      contentType: 'application/json',
      data: JSON.stringify(wanted),
    })
      .done((answer: Choices) => {
        if ('choices' in answer) done(answer.choices);
        // Nothing to choose from: why, stands where the choices would.
        else done([{ value: search, label: answer.message }]);
      })
      .fail(() => done([]));
  };
  let later: ReturnType<typeof setTimeout> | undefined;
  const autoComplete = (search: string, done: Done) => {
    clearTimeout(later);
    later = setTimeout(() => ask(search, done), PAUSE_MS);
  };
  return { value: 'str', label: field.title, icon: 'fa fa-search', autoComplete } as never;
}
