const UNRESERVED = /[0-9A-Za-z\-_.~]/;

/** One part of a form (one character per byte): a space becomes `+`, every other byte that is not unreserved `%HH`. */
function escapePart(text: string): string {
  let out = '';
  for (const char of text)
    out += char === ' ' ? '+' : UNRESERVED.test(char) ? char : `%${char.charCodeAt(0).toString(16).toUpperCase().padStart(2, '0')}`;
  return out;
}

/**
 * A form as go-ftw sends it: one that shows no sign of being encoded is encoded, part by part; any other goes out as it stands. One
 * character per byte, in and out.
 */
export function encodeForm(form: string): string {
  if (/[%+]/.test(form)) return form;
  return form
    .replace(/&$/, '')
    .split('&')
    .map((pair) => {
      const equals = pair.indexOf('=');
      return equals === -1 ? escapePart(pair) : `${escapePart(pair.slice(0, equals))}=${escapePart(pair.slice(equals + 1))}`;
    })
    .join('&');
}
