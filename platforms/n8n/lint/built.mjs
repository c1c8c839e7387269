// What n8n's rules say of the built files: all of them, those for n8n Cloud too.

import { n8nCommunityNodesPlugin as community } from '@n8n/eslint-plugin-community-nodes';
import { ESLint } from 'eslint';

/** What can't pass, and why: n8n's own `httpRequest` does not do what these do. README.md, "n8n Cloud". */
const SOCKETS = {
  'node:http': 'a request that went wrong tells whether it had left',
  'node:https': 'the same over TLS',
  'node:tls': 'the same through a proxy',
  'node:dns': 'what a name stands for is judged before it is connected to',
  'node:zlib': 'a packed body is counted unpacked, while it comes',
  'node:stream': 'the same',
  'node:process': 'the environment names proxies and what may be reached',
};

/** What is wrong, a line each; nothing if it is all in order. */
export async function judge(folder) {
  const { plugins, rules } = community.configs.recommended;
  const eslint = new ESLint({
    cwd: folder,
    overrideConfigFile: true,
    overrideConfig: [{ files: ['**/*.js'], plugins, rules, linterOptions: { noInlineConfig: true } }],
  });
  const messages = (await eslint.lintFiles(['**/*.js'])).flatMap(({ messages }) => messages);
  const imported = messages.map(({ message }) => /^Require of '(.*)' is not allowed/.exec(message)?.[1]);
  return [
    ...messages.filter((_, at) => !(imported[at] in SOCKETS)).map(({ line, message }) => `line ${line}: ${message}`),
    ...Object.keys(SOCKETS)
      .filter((name) => !imported.includes(name))
      .map((name) => `${name} is imported no more: take it off the list.`),
  ];
}
