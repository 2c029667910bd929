/** A request that the origin must see: exactly this method, target and body; fields only where they matter. */
export interface SeenRequest {
  readonly method: string;
  readonly target: string;
  readonly body: string;
  /** Lower-case names with their one value. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Lower-case names that must not be there. */
  readonly absent?: readonly string[];
}

/**
 * What must come of a case. `seen` is all that the origin gets, in order, on however many connections.
 * `refused`: after `seen` one answer of the proxy's own, then the end of the connection. `cut`: the same without an answer.
 */
type Expectation =
  | { readonly kind: 'refused'; readonly status: number; readonly reason: string; readonly seen: readonly SeenRequest[] }
  | { readonly kind: 'normalised'; readonly seen: readonly SeenRequest[] }
  | { readonly kind: 'cut'; readonly seen: readonly SeenRequest[] };

/** One stream of bytes that a client sends, written for this project. */
export interface RequestCase {
  readonly name: string;
  /** The rule of the RFC, or the attack, that it stands for. */
  readonly why: string;
  /** One character per byte. */
  readonly bytes: string;
  readonly expect: Expectation;
}

/** The Host line of nearly all cases. */
export const H = 'Host: a\r\n';
/** The Transfer-Encoding line that is right. */
export const CHUNKED = 'Transfer-Encoding: chunked\r\n';
/** What a smuggler wants the origin to take for a request. */
export const SMUGGLED = 'GET /smuggled HTTP/1.1\r\nHost: a\r\n\r\n';

/** Refused as a whole: the origin sees nothing. */
export function refused(name: string, why: string, bytes: string, reason: string, status = 400): RequestCase {
  return { name, why, bytes, expect: { kind: 'refused', status, reason, seen: [] } };
}

/** Refused after requests that are good. */
export function refusedAfter(
  name: string,
  why: string,
  bytes: string,
  seen: readonly SeenRequest[],
  reason: string,
  status = 400,
): RequestCase {
  return { name, why, bytes, expect: { kind: 'refused', status, reason, seen } };
}

/** Goes to the origin in one reading only. */
export function normalised(name: string, why: string, bytes: string, ...seen: readonly SeenRequest[]): RequestCase {
  return { name, why, bytes, expect: { kind: 'normalised', seen } };
}

/** Never becomes a request. */
export function cut(name: string, why: string, bytes: string, ...seen: readonly SeenRequest[]): RequestCase {
  return { name, why, bytes, expect: { kind: 'cut', seen } };
}

/** A request of the origin's view. */
export function see(method: string, target: string, body = '', more: Pick<SeenRequest, 'headers' | 'absent'> = {}): SeenRequest {
  return { method, target, body, ...more };
}
