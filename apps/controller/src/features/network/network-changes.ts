import type { NetworkPolicy, NetworkWriteResult } from '@phalanx/contracts';
import { canonicalJson } from '@phalanx/kit';
import type { MemberPart } from './network.repository.js';

type Change = NetworkWriteResult['changes'][number];
type Json = Change['from'];

interface Whole {
  readonly policy: NetworkPolicy;
  readonly members: readonly MemberPart[];
}

/** Keys by which the items of a list are known from one version to the next. */
const KEYS = ['id', 'name', 'applianceId'] as const;

/** What differs, path by path; items of lists are named by their id or name, and what one side does not have is null. */
export function networkChanges(before: Whole | null, after: Whole | null): Change[] {
  return changesAt('', plain(before), plain(after));
}

function plain(whole: Whole | null): Json {
  return whole && (JSON.parse(JSON.stringify({ policy: whole.policy, members: whole.members })) as Json);
}

function changesAt(path: string, from: Json, to: Json): Change[] {
  if (canonicalJson(from) === canonicalJson(to)) return [];
  if (isRecord(from) && isRecord(to)) {
    const keys = [...new Set([...Object.keys(from), ...Object.keys(to)])];
    return keys.flatMap((key) => changesAt(path === '' ? key : `${path}.${key}`, from[key] ?? null, to[key] ?? null));
  }
  if (Array.isArray(from) && Array.isArray(to)) return changesOfLists(path, from, to);
  return [{ path, from, to }];
}

function changesOfLists(path: string, from: readonly Json[], to: readonly Json[]): Change[] {
  const [before, after] = [named(from), named(to)];
  if (!before || !after) return [{ path, from: [...from], to: [...to] }];
  const names = [...new Set([...before.keys(), ...after.keys()])];
  const changes = names.flatMap((name) => changesAt(`${path}[${name}]`, before.get(name) ?? null, after.get(name) ?? null));
  const kept = (all: ReadonlyMap<string, Json>) => [...all.keys()].filter((name) => before.has(name) && after.has(name));
  if (canonicalJson(kept(before)) !== canonicalJson(kept(after)))
    changes.push({ path: `${path}.order`, from: [...before.keys()], to: [...after.keys()] });
  return changes;
}

/** The items by name, or null for a list whose items have none of their own. */
function named(list: readonly Json[]): Map<string, Json> | null {
  const byName = new Map<string, Json>();
  for (const item of list) {
    if (!isRecord(item)) return null;
    const key = KEYS.find((candidate) => typeof item[candidate] === 'string');
    if (!key || byName.has(String(item[key]))) return null;
    byName.set(String(item[key]), item);
  }
  return byName;
}

function isRecord(value: Json): value is Readonly<Record<string, Json>> & { readonly [key: string]: Json } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
