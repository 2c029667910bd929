import { LEVELS, type ApplicationView, type Level } from '@phalanx/contracts';
import { pickSearch, type SearchOf } from '../../platform/format/search-params.js';

export type ApplicationSearch = SearchOf<'q'> & { readonly level?: Level | undefined };

/** The list's filter as its address carries it. */
export function parseApplicationSearch(raw: Record<string, unknown>): ApplicationSearch {
  const { level, ...rest } = pickSearch(raw, ['q', 'level']);
  const known = LEVELS.find((candidate) => candidate === level);
  return known ? { ...rest, level: known } : rest;
}

/** Applications of a level whose name or hosts hold the text, without case. */
export function filterApplications(items: readonly ApplicationView[], { q, level }: ApplicationSearch): readonly ApplicationView[] {
  const text = q?.toLowerCase();
  return items.filter(
    (item) =>
      (level === undefined || item.level === level) &&
      (text === undefined || [item.name, ...item.hosts].some((word) => word.toLowerCase().includes(text))),
  );
}
