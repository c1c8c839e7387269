// The node as a tool of n8n's AI agent. The model is a stand-in that always wants the one tool it is offered.

import assert from 'node:assert/strict';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { newOrder, order } from '../sandbox.mjs';
import { check } from '../support.mjs';
import { agent as workflow } from '../workflows.mjs';

export async function agent(n8n) {
  const model = await Model.start();
  const data = { apiKey: 'none', url: `${model.url}/v1` };
  const credential = await n8n.api('POST', '/credentials', { name: 'Model', type: 'openAiApi', data });
  const { id } = await n8n.api('POST', '/workflows', workflow('agent', { id: credential.id, name: credential.name }));
  await n8n.activate(id);

  await check("an AI agent's tool call changes the order", async () => {
    await newOrder('200002');
    model.arguments = { Order_Number: '200002', Status: 'paid', Date: '2013-03-03T00:00:00', Tracking_Number: '' };
    assert.match(await told(n8n, model), /"message":"order status changed"/);
    const { status, date } = await order('200002');
    assert.deepEqual({ status, date }, { status: 'paid', date: 1362254400 });
    const [{ function: tool }] = model.tools;
    // Of all that the node can do, n8n tells an agent the one thing.
    assert.equal(tool.description, 'Update order status in JustClick');
    return `as ${tool.name}: ${tool.description}`;
  });

  await check('and what is wrong with one is told to the agent', async () => {
    model.arguments = { Order_Number: '999999', Status: 'cancel', Date: '', Tracking_Number: '' };
    assert.match(await told(n8n, model), /JustClick has no such order/);
  });
  model.stop();
}

/** What the model hears from the tool. */
async function told(n8n, model) {
  const answer = await n8n.webhook('agent', { text: 'Cancel the order.' });
  assert.equal(answer.status, 200, await answer.clone().text());
  return model.heard;
}

class Model {
  static async start() {
    const model = new Model();
    model.server = createServer(async (request, response) => {
      const body = JSON.parse(Buffer.concat(await request.toArray()).toString());
      response.setHeader('content-type', 'application/json');
      response.end(JSON.stringify(model.answer(body)));
    }).listen(0, '127.0.0.1');
    await once(model.server, 'listening');
    model.url = `http://127.0.0.1:${model.server.address().port}`;
    return model;
  }

  stop() {
    this.server.close();
    this.server.closeAllConnections();
  }

  answer({ messages, tools }) {
    const last = messages.at(-1);
    if (last.role === 'tool') {
      this.heard = last.content;
      return completion({ content: 'Done.' }, 'stop');
    }
    this.tools = tools;
    const call = { name: tools[0].function.name, arguments: JSON.stringify(this.arguments) };
    return completion(
      { content: null, tool_calls: [{ id: 'call-1', type: 'function', function: call }] },
      'tool_calls',
    );
  }
}

function completion(message, finish_reason) {
  return {
    id: 'completion',
    object: 'chat.completion',
    created: 0,
    model: 'stand-in',
    choices: [{ index: 0, message: { role: 'assistant', ...message }, finish_reason }],
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
  };
}
