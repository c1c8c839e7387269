/** Why there is no HTTP response: the contract's words, told from what the client threw. */

import { ALLOW_PRIVATE } from './access';
import type { Reason } from './transport';

/** The operator has not allowed the address that a name stands for. */
export class NotAllowed extends Error {
  readonly code = 'ERR_NOT_ALLOWED';
}

const CODES: Record<string, Reason> = {
  ENOTFOUND: 'dns',
  EAI_AGAIN: 'dns',
  EAI_FAIL: 'dns',
  EAI_NODATA: 'dns',
  EAI_NONAME: 'dns',
  ECONNREFUSED: 'connect',
  EHOSTUNREACH: 'connect',
  EHOSTDOWN: 'connect',
  ENETUNREACH: 'connect',
  ENETDOWN: 'connect',
  EADDRNOTAVAIL: 'connect',
  EACCES: 'connect',
  EMFILE: 'connect',
  UND_ERR_CONNECT_TIMEOUT: 'connect',
  // A proxy that lets nobody through.
  ERR_PROXY: 'connect',
  ERR_NOT_ALLOWED: 'not_allowed',
  HPE_HEADER_OVERFLOW: 'too_large',
  EPROTO: 'tls',
};

/** What `NODE_EXTRA_CA_CERTS` is for. */
const UNKNOWN_AUTHORITY = /^(UNABLE_TO_GET_ISSUER_CERT|UNABLE_TO_VERIFY_LEAF|SELF_SIGNED_CERT_IN|DEPTH_ZERO_SELF)/;

/** Of OpenSSL's verification, as Node names them: https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
const CERTIFICATE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

/** What Deno says of a connection that was not made, and of TLS among it. It has no codes. */
const DENO = /client error \(Connect\): (.*)/;
const TLS = /certificate|handshake|tls|corrupt message/i;

/**
 * What is not surely from before the request was sent counts as from after it: an order may have
 * changed then, and a person is told so.
 */
export function reasonOf(thrown: unknown): Reason {
  for (const error of chain(thrown)) {
    const code = typeof error.code === 'string' ? error.code : '';
    const reason = CODES[code];
    if (reason) return reason;
    if (/^ERR_(TLS|SSL)_/.test(code) || CERTIFICATE.test(code)) return 'tls';
    // Only a socket that never got through its handshake says this of itself.
    if (/before secure TLS connection/.test(error.message)) return 'tls';
    // Of another protocol's port, which no browser asks over HTTP.
    if (/^bad port$|to port \d+ are blocked$/i.test(error.message)) return 'not_allowed';
    const inDeno = DENO.exec(error.message)?.[1];
    if (inDeno !== undefined) return inDeno.startsWith('dns ') ? 'dns' : TLS.test(inDeno) ? 'tls' : 'connect';
    // No connection in time, where an address has several and each was tried.
    if (code === 'ETIMEDOUT' && (error.syscall === 'connect' || error.errors)) return 'connect';
  }
  return 'reset';
}

/** What the word does not say and a person can do something about, in a sentence. */
export function hintOf(thrown: unknown, origin: string): string | undefined {
  for (const { code, message, hint } of chain(thrown)) {
    if (typeof hint === 'string') return hint;
    if (code === 'ERR_NOT_ALLOWED') {
      return `The address is not on the public internet: whoever runs this host allows it with ${ALLOW_PRIVATE}=${origin}.`;
    }
    if (code === 'EPROTO' || code === 'ERR_SSL_WRONG_VERSION_NUMBER' || code === 'ERR_SSL_PACKET_LENGTH_TOO_LONG') {
      if (/wrong.version.number|packet.length.too.long|http.request/i.test(message)) {
        return 'What answers there speaks no TLS: is it an address of plain http?';
      }
    }
    if (UNKNOWN_AUTHORITY.test(String(code))) {
      return 'Node.js does not know the authority that signed it: if that is your own, name the file with its certificate in NODE_EXTRA_CA_CERTS and start this program again.';
    }
    if (code === 'CERT_HAS_EXPIRED') return 'The certificate has expired.';
    if (code === 'ERR_TLS_CERT_ALTNAME_INVALID') return 'The certificate is that of another host.';
  }
  return undefined;
}

interface Cause extends Error {
  code?: unknown;
  syscall?: unknown;
  errors?: unknown[];
  /** Of our own errors. */
  hint?: unknown;
}

/** The error and its causes. */
function chain(thrown: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let error = thrown; error instanceof Error && causes.length < 8; error = error.cause) causes.push(error);
  return causes;
}
