/** The button of the connection's dialog that tests what is typed there. */

import type { ConnectionField } from '@justclick/plugin/forms';
import type { EditorNodeInstance } from 'node-red';
import { CHECK, type Checked, type Typed } from './form';
import { CHECK_BUTTON, CHECK_RESULT } from './html';

/** The test under way: there is one dialog at a time. */
let asked: JQuery.jqXHR<Checked> | null = null;

export function offerCheck(node: EditorNodeInstance, fields: ConnectionField[]): void {
  const show = (text: string) => $(`#${CHECK_RESULT}`).text(text);
  $(`#${CHECK_BUTTON}`).on('click', () => {
    endCheck();
    show(node._('justclick.check.running'));
    asked = ask({ id: node.id, values: typed(fields) });
    asked
      .done((answer) => {
        show(answer.works ? node._('justclick.check.works', { account: answer.account }) : answer.message);
      })
      .fail(({ status }, how) => {
        if (how === 'abort') return;
        const isForbidden = status === 401 || status === 403;
        show(isForbidden ? node._('justclick.check.forbidden') : node._('justclick.check.unanswered', { status }));
      });
  });
  // What is said of other values is not true of these.
  $(`#${CHECK_BUTTON}`)
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

function ask(connection: Typed): JQuery.jqXHR<Checked> {
  return $.ajax({
    url: CHECK,
    method: 'POST',
    contentType: 'application/json',
    data: JSON.stringify(connection),
  });
}

function typed(fields: ConnectionField[]): Typed['values'] {
  return Object.fromEntries(
    fields.map(({ key, kind }) => {
      const input = $(`#node-config-input-${key}`);
      return [key, kind === 'boolean' ? input.prop('checked') === true : String(input.val() ?? '')];
    }),
  );
}
