// What every package has of its bundle: the plugin, and licences. It runs without Node.

import apache from '../../../LICENSE-APACHE';
import mit from '../../../LICENSE-MIT';

/** What of the bundle goes wherever its module goes: the licences of what is inside. */
const NOTICES = 'THIRD-PARTY-NOTICES.txt';

/** The file that a shell takes the plugin from: `wasm`, `sha256` and `description`. */
export function pluginFile({ wasm, sha256, describe }) {
  return [
    "'use strict';",
    '',
    `exports.wasm = Uint8Array.from(Buffer.from('${wasm}', 'base64'));`,
    `exports.sha256 = ${literal(sha256)};`,
    `exports.description = ${parsed(describe)};`,
    '',
  ].join('\n');
}

/** The licences that a package carries, in a folder of it: the project's, and those of the module. */
export function licences(folder, { files }) {
  const all = { 'LICENSE-MIT': mit, 'LICENSE-APACHE': apache, ...(files[NOTICES] && { [NOTICES]: files[NOTICES] }) };
  return Object.fromEntries(Object.entries(all).map(([name, text]) => [`${folder}/${name}`, text]));
}

/** A value as a file. */
export function json(value) {
  return `${JSON.stringify(value, null, 2)}\n`;
}

/** JSON as an expression of JavaScript. As a literal of an object, `__proto__` in it would be no member. */
export function parsed(json) {
  return `JSON.parse(${literal(json)})`;
}

/** A text, or an object with known members, as an expression of JavaScript, which ends no element of a page. */
export function literal(value) {
  const escaped = (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`;
  return JSON.stringify(value).replaceAll(/[<\u2028\u2029]/g, escaped);
}
