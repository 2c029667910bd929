import { BLOCKS_TABLE, declareTable, ENGINE_SETS, type EngineSet, LIST_SETS, type ListSet, removeTable } from './blocks-table.js';
import type { KernelBlocks } from './kernel-blocks.js';
import type { Elements, WantedSets } from './wanted-sets.js';

/** Beyond so many changes of one set, filling it anew costs less. */
const MOST_SINGLE_CHANGES = 5_000;
/** Ends of elements that differ by less are the same: the kernel tells whole seconds, and tells them late. */
const SAME_END_MS = 3_000;
const LINE_ELEMENTS = 1_000;

/** Elements of the lists, as the kernel has them, with the ends that follow from `now`. */
export function listsOf(kernel: KernelBlocks, now: number): WantedSets {
  return Object.fromEntries(LIST_SETS.map((set) => [set, endsOf(kernel, set, now)])) as WantedSets;
}

/** nft commands that lead from what stands in the kernel to what is wanted. */
export function changesBetween(present: WantedSets, wanted: WantedSets, now: number): string {
  return LIST_SETS.map((set) => changeSet(set, present[set], wanted[set], now)).join('');
}

/** nft commands that make the table anew, with what is wanted and the blocks that the engine's verdicts made. */
export function wholeTable(kernel: KernelBlocks, wanted: WantedSets, now: number): string {
  const lists = LIST_SETS.map((set) => addElements(BLOCKS_TABLE, set, [...wanted[set]], now));
  const own = ENGINE_SETS.map((set) => addElements(BLOCKS_TABLE, set, [...endsOf(kernel, set, now)], now));
  return [removeTable(), declareTable(), ...lists, ...own].join('');
}

/** Adds those elements that still have time left. */
export function addElements(table: string, set: string, elements: readonly (readonly [string, number | null])[], now: number): string {
  const texts = elements
    .filter(([, until]) => isAlive(until, now))
    .map(([key, until]) => (until === null ? key : `${key} timeout ${Math.ceil((until - now) / 1000)}s`));
  return commands('add', table, set, texts);
}

export function deleteElements(table: string, set: string, keys: readonly string[]): string {
  return commands('delete', table, set, keys);
}

function endsOf(kernel: KernelBlocks, set: ListSet | EngineSet, now: number): Elements {
  return new Map([...(kernel.sets.get(set) ?? [])].map(([key, { remainingMs }]) => [key, remainingMs === null ? null : now + remainingMs]));
}

function changeSet(set: ListSet, present: Elements, wanted: Elements, now: number): string {
  const goes: string[] = [];
  const comes: [string, number | null][] = [];
  for (const [key, until] of present) {
    const end = wanted.get(key);
    if (!isAlive(until, now) || (end !== undefined && isSameEnd(until, end))) continue;
    goes.push(key);
  }
  for (const [key, end] of wanted) {
    const until = present.get(key);
    if (until === undefined || !isAlive(until, now) || !isSameEnd(until, end)) comes.push([key, end]);
  }
  const changes = goes.length + comes.length;
  if (changes > MOST_SINGLE_CHANGES && changes > wanted.size / 2)
    return `flush set ${BLOCKS_TABLE} ${set}\n${addElements(BLOCKS_TABLE, set, [...wanted], now)}`;
  return deleteElements(BLOCKS_TABLE, set, goes) + addElements(BLOCKS_TABLE, set, comes, now);
}

function isAlive(until: number | null, now: number): boolean {
  return until === null || until > now;
}

function isSameEnd(one: number | null, other: number | null): boolean {
  return one === null || other === null ? one === other : Math.abs(one - other) <= SAME_END_MS;
}

function commands(verb: 'add' | 'delete', table: string, set: string, texts: readonly string[]): string {
  let result = '';
  for (let at = 0; at < texts.length; at += LINE_ELEMENTS)
    result += `${verb} element ${table} ${set} { ${texts.slice(at, at + LINE_ELEMENTS).join(', ')} }\n`;
  return result;
}
