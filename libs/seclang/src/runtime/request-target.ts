/** A request target taken apart; nothing is decoded. */
export interface RequestTarget {
  /** Path and query, without scheme, host and fragment. */
  readonly uri: string;
  readonly path: string;
  readonly query: string;
}

/** Splits a request target as sent: origin form, absolute form, authority form or `*`. @see RFC 9112 section 3.2 */
export function splitRequestTarget(target: string): RequestTarget {
  const absolute = /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target);
  const local = absolute === null ? target : target.slice(absolute[0].length);
  const uri = absolute !== null && !local.startsWith('/') ? `/${local}` : local;
  const hash = uri.indexOf('#');
  const withoutFragment = hash < 0 ? uri : uri.slice(0, hash);
  const mark = withoutFragment.indexOf('?');
  if (mark < 0) return { uri, path: withoutFragment, query: '' };
  return { uri, path: withoutFragment.slice(0, mark), query: withoutFragment.slice(mark + 1) };
}
