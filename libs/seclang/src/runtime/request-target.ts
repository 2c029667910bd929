import { hexByteAt } from '../transformations/bytes.js';

/** A request target taken apart. */
export interface RequestTarget {
  /** Path, query and fragment as sent, without scheme and host. */
  readonly uri: string;
  /** The path, percent-decoded once (`+` stays), as the origin's file names are. */
  readonly path: string;
  /** Whether the path is another text than was sent. */
  readonly isDecoded: boolean;
  /** The query as sent. */
  readonly query: string;
}

/** Splits a request target as sent: origin form, absolute form, authority form or `*`. @see RFC 9112 section 3.2 */
export function splitRequestTarget(target: string): RequestTarget {
  const absolute = target.startsWith('/') ? null : /^[A-Za-z][A-Za-z0-9+.-]*:\/\/[^/?#]*/.exec(target);
  const local = absolute === null ? target : target.slice(absolute[0].length);
  const uri = absolute !== null && !local.startsWith('/') ? `/${local}` : local;
  const hash = uri.indexOf('#');
  const withoutFragment = hash < 0 ? uri : uri.slice(0, hash);
  const mark = withoutFragment.indexOf('?');
  const sent = mark < 0 ? withoutFragment : withoutFragment.slice(0, mark);
  const path = decodePath(sent);
  return { uri, path, isDecoded: path !== sent, query: mark < 0 ? '' : withoutFragment.slice(mark + 1) };
}

function decodePath(path: string): string {
  if (!path.includes('%')) return path;
  let out = '';
  let copied = 0;
  for (let at = path.indexOf('%'); at >= 0; at = path.indexOf('%', at + 1)) {
    const byte = at < copied ? -1 : hexByteAt(path, at + 1);
    if (byte < 0) continue;
    out += path.slice(copied, at) + String.fromCharCode(byte);
    copied = at + 3;
  }
  return out + path.slice(copied);
}
