import { isIPv4 } from 'node:net';
import { AppError } from '@phalanx/kit';
import { type ListedElement, readElement } from '../../platform/nft/set-elements.js';
import type { RunTool } from '../../platform/system-tools.js';
import { parseRange, rangeText } from '../../platform/address-range.js';
import { BLOCKS_TABLE, ENGINE_SETS, type EngineSet, LIST_SETS, type ListSet, STRUCTURE, structureLine } from './blocks-table.js';

/** An element as the kernel has it. */
interface KernelElement {
  /** Milliseconds until the kernel removes it; null: never. */
  readonly remainingMs: number | null;
  readonly packets: number;
}

/** What stands in the kernel. */
export interface KernelBlocks {
  /** False where there is no table. */
  readonly isThere: boolean;
  readonly structure: readonly string[];
  readonly sets: ReadonlyMap<ListSet | EngineSet, ReadonlyMap<string, KernelElement>>;
  /** Packets and bytes that were refused, by counter. */
  readonly refused: Readonly<Record<'blocked' | 'engine', { readonly packets: number; readonly bytes: number }>>;
}

type Listing = { readonly nftables: readonly Readonly<Record<string, ListedObject>>[] };
interface ListedObject {
  readonly name?: string;
  readonly elem?: readonly ListedElement[];
  readonly packets?: number;
  readonly bytes?: number;
}

/** A list of 200,000 elements takes 20 MB and a few seconds of a small box. */
const READ_MS = 60_000;
const KNOWN: ReadonlySet<string> = new Set([...LIST_SETS, ...ENGINE_SETS]);
const NOTHING = { packets: 0, bytes: 0 };

/** Reads the whole table back. */
export async function readKernel(run: RunTool): Promise<KernelBlocks> {
  const text = await listOrNull(run);
  const structure: string[] = [];
  const sets = new Map<ListSet | EngineSet, ReadonlyMap<string, KernelElement>>();
  const refused = { blocked: NOTHING, engine: NOTHING };
  for (const entry of text === null ? [] : (JSON.parse(text) as Listing).nftables)
    for (const [kind, listed] of Object.entries(entry)) {
      const line = structureLine(kind, listed);
      if (line !== null) structure.push(line);
      if (kind === 'set' && KNOWN.has(listed.name!)) sets.set(listed.name as ListSet, elementsOf(listed));
      if (kind === 'counter' && (listed.name === 'blocked' || listed.name === 'engine'))
        refused[listed.name] = { packets: listed.packets ?? 0, bytes: listed.bytes ?? 0 };
    }
  return { isThere: text !== null, structure, sets, refused };
}

/** Whether the table is as it was declared. */
export function hasStructure({ structure }: KernelBlocks): boolean {
  return (
    structure.length === STRUCTURE.length &&
    structure.every((line) => STRUCTURE.includes(line)) &&
    rulesOf(structure) === rulesOf(STRUCTURE)
  );
}

/** The order of rules is theirs; that of everything else says nothing. */
function rulesOf(structure: readonly string[]): string {
  return structure.filter((line) => line.startsWith('rule ')).join('\n');
}

async function listOrNull(run: RunTool): Promise<string | null> {
  try {
    return await run('nft', ['-j', 'list', 'table', ...BLOCKS_TABLE.split(' ')], { timeoutMs: READ_MS });
  } catch (error) {
    if (error instanceof AppError && error.code === 'tool.refused' && /No such file or directory/.test(error.message)) return null;
    throw error;
  }
}

function elementsOf({ elem = [] }: ListedObject): Map<string, KernelElement> {
  return new Map(
    elem.map((listed): [string, KernelElement] => {
      const { key, expiresInSeconds, packets } = readElement(listed);
      return [keyText(String(key[0])), { remainingMs: expiresInSeconds === null ? null : expiresInSeconds * 1000, packets }];
    }),
  );
}

/** The texts of this feature: a single IPv4 address, as most are, is what it is. */
function keyText(listed: string): string {
  return isIPv4(listed) ? listed : rangeText(parseRange(listed));
}
