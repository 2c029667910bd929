/** What a query may hold; null, undefined and empty text are left out. */
export type QueryParams = Readonly<Record<string, string | number | boolean | null | undefined>>;

/** `?a=1&b=2`, or empty text where nothing is left. Keys are sorted, so that the same query has one address. */
export function queryString(params: QueryParams): string {
  const search = new URLSearchParams();
  for (const key of Object.keys(params).sort()) {
    const value = params[key];
    if (value !== null && value !== undefined && value !== '') search.set(key, String(value));
  }
  const text = search.toString();
  return text === '' ? '' : `?${text}`;
}
