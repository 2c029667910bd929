/** The parts of the mixed corpus. */
export type CaseSource = 'regression' | 'injection' | 'traffic' | 'mutation';

/** One request that both engines get, byte for byte. */
export interface VerdictCase {
  readonly source: CaseSource;
  /** Says what it is in a list of differences. */
  readonly name: string;
  readonly bytes: Buffer;
}

/** The header by which a case is found in the engines' audit logs. */
export const CASE_HEADER = 'X-Case';

/** The same request with one more header at the end of its head. */
export function marked({ bytes }: VerdictCase, number: number): Buffer {
  const end = bytes.indexOf('\r\n\r\n');
  return Buffer.concat([bytes.subarray(0, end), Buffer.from(`\r\n${CASE_HEADER}: ${number}`), bytes.subarray(end)]);
}

/** A request with the headers of a browser and, unless it brings its own, a length for its body. Texts are bytes (latin1). */
export function request(method: string, target: string, headers: readonly string[] = [], body?: string): Buffer {
  const all = [
    `${method} ${target} HTTP/1.1`,
    'Host: shop.example',
    'User-Agent: Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/120.0.0.0 Safari/537.36',
    'Accept: text/html,application/json;q=0.9,*/*;q=0.8',
    ...headers,
    ...(body === undefined ? [] : [`Content-Length: ${body.length}`]),
  ];
  return Buffer.from(`${all.join('\r\n')}\r\n\r\n${body ?? ''}`, 'latin1');
}

/** So many of the cases, spread evenly over them. */
export function sample(cases: readonly VerdictCase[], count: number): VerdictCase[] {
  if (cases.length <= count) return [...cases];
  return Array.from({ length: count }, (_, index) => cases[Math.floor((index * cases.length) / count)]!);
}
