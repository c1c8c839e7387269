/** The button of the connection's dialog that tests what is typed there. */

import type { EditorNodeInstance } from 'node-red';
import type { Checked, Form, Typed } from './form';
import { checkIds } from './ids';

/** The test under way: there is one dialog at a time. */
let asked: JQuery.jqXHR<Checked> | null = null;

export function offerCheck(node: EditorNodeInstance, form: Form): void {
  const { button, result } = checkIds(form);
  const text = (key: string, values = {}) => node._(`${form.names.texts}.${key}`, values);
  const show = (text: string) => $(`#${result}`).text(text);
  $(`#${button}`).on('click', () => {
    endCheck();
    show(text('check.running'));
    asked = ask(form, { id: node.id, values: typed(form) });
    asked
      .done((answer) => {
        show(answer.works ? text('check.works', { account: answer.account }) : answer.message);
      })
      .fail(({ status }, how) => {
        if (how === 'abort') return;
        const isForbidden = status === 401 || status === 403;
        show(isForbidden ? text('check.forbidden') : text('check.unanswered', { status }));
      });
  });
  // What is said of other values is not true of these.
  $(`#${button}`)
    .closest('form')
    .on('input change', () => {
      endCheck();
      show('');
    });
}

/** The server then ends the call. */
export function endCheck(): void {
  asked?.abort();
  asked = null;
}

function ask({ names }: Form, connection: Typed): JQuery.jqXHR<Checked> {
  return $.ajax({
    url: names.check,
    method: 'POST',
    contentType: 'application/json',
    data: JSON.stringify(connection),
  });
}

function typed({ connection }: Form): Typed['values'] {
  return Object.fromEntries(
    connection.map(({ key, kind }) => {
      const input = $(`#node-config-input-${key}`);
      return [key, kind === 'boolean' ? input.prop('checked') === true : String(input.val() ?? '')];
    }),
  );
}
