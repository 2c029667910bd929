const UNPRINTABLE = /[^\x20-\x5b\x5d-\x7e]/g;
const UNPRINTABLE_ONCE = /[^\x20-\x5b\x5d-\x7e]/;

/**
 * A byte string (one character = one byte) as ASCII: bytes that don't print, and the backslash, become `\xhh`. The result has at
 * most `limit` characters and never ends within an escape.
 */
export function printable(bytes: string, limit: number): string {
  // An escape is at most four times as long as its byte, so no more than `limit` bytes can be shown.
  const head = bytes.length > limit ? bytes.slice(0, limit) : bytes;
  if (!UNPRINTABLE_ONCE.test(head)) return head;
  const text = head.replace(UNPRINTABLE, (char) => `\\x${(char.charCodeAt(0) & 0xff).toString(16).padStart(2, '0')}`);
  if (text.length <= limit) return text;
  const cut = text.slice(0, limit);
  const escape = cut.lastIndexOf('\\');
  return escape > limit - 4 ? cut.slice(0, escape) : cut;
}
