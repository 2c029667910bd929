/** How long a block may hold; null seconds: until it is removed. */
export const LIFETIMES = [
  { id: 'hour', seconds: 3_600 },
  { id: 'day', seconds: 86_400 },
  { id: 'week', seconds: 604_800 },
  { id: 'month', seconds: 2_592_000 },
  { id: 'always', seconds: null },
] as const;
export type LifetimeId = (typeof LIFETIMES)[number]['id'];

/** Seconds of a lifetime; null: until it is removed. */
export function lifetimeSeconds(id: LifetimeId): number | null {
  return LIFETIMES.find((lifetime) => lifetime.id === id)!.seconds;
}
