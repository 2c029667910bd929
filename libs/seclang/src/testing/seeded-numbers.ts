/** A generator of the same numbers in every run. */
export function seededNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => ((state = (Math.imul(state, 1103515245) + 12345) >>> 0) >>> 9) % below;
}
