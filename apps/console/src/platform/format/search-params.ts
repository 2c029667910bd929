/** A page's search as the address carries it: text only, nothing where a key is absent. */
export type SearchOf<K extends string> = { [P in K]?: string | undefined };

/** Takes the known keys out of an address; empty and repeated ones are left out. */
export function pickSearch<K extends string>(raw: Readonly<Record<string, unknown>>, keys: readonly K[]): SearchOf<K> {
  const picked: SearchOf<K> = {};
  for (const key of keys) {
    const value = raw[key];
    if (typeof value === 'string' && value !== '') picked[key] = value;
  }
  return picked;
}

/** How the router reads `?a=1&b=2`: every value stays text. */
export function parseSearch(text: string): Record<string, string> {
  return Object.fromEntries(new URLSearchParams(text));
}

/** The other way around; undefined and empty values are left out. */
export function stringifySearch(search: Readonly<Record<string, unknown>>): string {
  const params = new URLSearchParams();
  for (const [key, value] of Object.entries(search)) if (typeof value === 'string' && value !== '') params.set(key, value);
  const text = params.toString();
  return text === '' ? '' : `?${text}`;
}
