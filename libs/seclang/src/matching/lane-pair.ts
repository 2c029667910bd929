/** Two places of a text at the same distance from their lane's beginning, and the states in which an automaton stands there. */
export interface LanePair {
  position: number;
  first: number;
  second: number;
}

/**
 * Follows known transitions over two stretches of a text at once, the second from `offset` on: what one step waits for is memory, and
 * two wait together. Stops before the first step that isn't known in both; false when the lanes came to their end.
 */
export function scanPair(next: Int32Array, classOf: Uint8Array, bytes: Uint8Array, offset: number, pair: LanePair): boolean {
  let { first, second } = pair;
  for (let at = pair.position; at < offset; at++) {
    const one = next[first + classOf[bytes[at]!]!]!;
    const other = next[second + classOf[bytes[offset + at]!]!]!;
    if ((one | other) < 0) {
      pair.position = at;
      pair.first = first;
      pair.second = second;
      return true;
    }
    first = one;
    second = other;
  }
  pair.position = offset;
  pair.first = first;
  pair.second = second;
  return false;
}
