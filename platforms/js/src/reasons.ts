/** Why there is no HTTP response: the contract's words, told from what `fetch` threw. */

export type Reason = 'not_allowed' | 'dns' | 'connect' | 'tls' | 'not_sent' | 'timeout' | 'reset' | 'too_large';

/** With these the service can't have seen the request. */
export const BEFORE_SENDING: readonly Reason[] = ['not_allowed', 'dns', 'connect', 'tls', 'not_sent'];

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
  UND_ERR_HEADERS_TIMEOUT: 'timeout',
  UND_ERR_BODY_TIMEOUT: 'timeout',
  UND_ERR_HEADERS_OVERFLOW: 'too_large',
  UND_ERR_RES_EXCEEDED_MAX_SIZE: 'too_large',
  EPROTO: 'tls',
};

/** Of OpenSSL's verification, as Node names them: https://nodejs.org/api/tls.html#x509-certificate-error-codes. */
const CERTIFICATE =
  /^(CERT_|CRL_|UNABLE_TO_|DEPTH_ZERO_|SELF_SIGNED_|ERROR_IN_|INVALID_|HOSTNAME_MISMATCH|PATH_LENGTH_)/;

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
    // No connection in time, where an address has several and each was tried.
    if (code === 'ETIMEDOUT' && (error.syscall === 'connect' || error.errors)) return 'connect';
    // Fetch refuses the ports of other protocols, such as that of SMTP.
    if (error.message === 'bad port') return 'not_allowed';
  }
  return 'reset';
}

interface Cause extends Error {
  code?: unknown;
  syscall?: unknown;
  errors?: unknown[];
}

/** The error and its causes. */
function chain(thrown: unknown): Cause[] {
  const causes: Cause[] = [];
  for (let error = thrown; error instanceof Error && causes.length < 8; error = error.cause) causes.push(error);
  return causes;
}
