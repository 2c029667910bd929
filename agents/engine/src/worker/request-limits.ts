import type { Settings } from '@phalanx/contracts';
import type { RequestHead } from '@phalanx/proxy';

/** A limit that a request's head exceeds, and the status that says so. */
export interface Excess {
  readonly status: number;
  readonly what: string;
}

/** The application's own limits on a head: the proxy enforces the widest of the port before it knows the application. */
export function limitExceeded(request: RequestHead, limits: Settings['limits']): Excess | null {
  if (request.target.length > limits.urlBytes) return { status: 414, what: 'url-too-long' };
  if (request.headers.length > limits.headerCount) return { status: 431, what: 'too-many-headers' };
  let bytes = request.method.length + request.target.length + request.protocol.length + 4;
  const { headers } = request;
  for (let at = 0; at < headers.length; at++) bytes += headers[at]![0].length + headers[at]![1].length + 4;
  return bytes > limits.headerBytes ? { status: 431, what: 'header-too-large' } : null;
}
