import type { MarkerRecord } from './rule-record.js';

/**
 * The position in a phase's list at which a rule's `skip` or `skipAfter` goes on. `indexes` are the rules' numbers in load order; a marker
 * that isn't behind the rule means the end of the phase. Without either it is the next position.
 */
export function nextPosition(
  { skip, skipAfter }: { readonly skip: number; readonly skipAfter: string },
  position: number,
  indexes: readonly number[],
  markers: readonly MarkerRecord[],
): number {
  if (skipAfter !== '') {
    const marker = markers.find(({ label, before }) => label === skipAfter && before > indexes[position]!);
    const next = marker === undefined ? -1 : indexes.findIndex((index) => index >= marker.before);
    return next < 0 ? indexes.length : next;
  }
  return Math.min(position + 1 + skip, indexes.length);
}
