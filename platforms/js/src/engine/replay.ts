/**
 * Calls that wait for HTTP without a thread of their own. A module of the contract has no clock, no chance and no way out
 * but `http_request`: with the same answers it asks for the same. So a run whose request has no answer yet is told that
 * it was not sent, comes to its end and is thrown away; once there is an answer, the export runs again from the beginning.
 * The run that asks for nothing new counts.
 */

import type { Answer, Asked, Ended, Task } from './run';
import type { Sandbox } from './sandbox';

/** `answer` makes a request, and never fails. */
export async function replay(
  sandbox: Sandbox,
  connection: string,
  task: Pick<Task, 'name' | 'input' | 'config'>,
  answer: (asked: Asked) => Promise<Answer>,
): Promise<Ended> {
  // As they are now for all runs of the call, whatever other calls do meanwhile.
  const variables = sandbox.variablesOf(connection);
  const answers: (Asked & { answer: Answer })[] = [];
  for (;;) {
    const ended = sandbox.run(connection, { ...task, variables, answers });
    if (!ended.asked) {
      if (!('stopped' in ended.outcome)) sandbox.keep(connection, ended.changes);
      return ended;
    }
    answers.push({ ...ended.asked, answer: await answer(ended.asked) });
  }
}
