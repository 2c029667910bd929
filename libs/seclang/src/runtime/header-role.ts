/** What a request header is to the engine, as bits. */
export const HEADER_ROLE = { contentType: 1, transferEncoding: 2, contentLength: 4, cookie: 8, steady: 16 } as const;

/** Headers whose values a client sends again and again. */
const STEADY_HEADERS = [
  ...['accept', 'accept-charset', 'accept-encoding', 'accept-language', 'cache-control', 'connection', 'content-type', 'dnt', 'host'],
  ...['origin', 'pragma', 'sec-ch-ua', 'sec-ch-ua-mobile', 'sec-ch-ua-platform', 'sec-fetch-dest', 'sec-fetch-mode', 'sec-fetch-site'],
  ...['sec-fetch-user', 'te', 'upgrade-insecure-requests', 'user-agent', 'x-forwarded-proto', 'x-requested-with'],
];

const ROLES: ReadonlyMap<string, number> = new Map([
  ...STEADY_HEADERS.map((key) => [key, HEADER_ROLE.steady] as const),
  ['content-type', HEADER_ROLE.steady | HEADER_ROLE.contentType],
  ['transfer-encoding', HEADER_ROLE.transferEncoding],
  ['content-length', HEADER_ROLE.contentLength],
  ['cookie', HEADER_ROLE.cookie],
]);

/** The roles of a header by its name in lower case. */
export function headerRoleOf(key: string): number {
  return ROLES.get(key) ?? 0;
}
