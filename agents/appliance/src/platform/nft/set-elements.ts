import { AppError } from '@phalanx/kit';
import type { RunTool } from '../system-tools.js';

/** One element of a set, as the kernel has it now. */
export interface SetElement {
  /** The fields of a concatenation, or the one value. */
  readonly key: readonly (string | number)[];
  readonly packets: number;
  readonly bytes: number;
  /** Seconds until it goes; null: it stays. */
  readonly expiresInSeconds: number | null;
}

type Plain = string | number;
interface Held {
  readonly val: Value;
  readonly expires?: number;
  readonly counter?: { readonly packets: number; readonly bytes: number };
}
type Value =
  | Plain
  | { readonly concat: readonly Plain[] }
  | { readonly prefix: { readonly addr: string; readonly len: number } }
  | { readonly range: readonly Plain[] };
/** An element as `nft -j` lists it. @see libnftables-json(5) */
export type ListedElement = Value | { readonly elem: Held };
interface Listing {
  readonly nftables: readonly { readonly set?: { readonly elem?: readonly ListedElement[] } }[];
}

/** The elements of one set; null where there is no such set. One set alone is cheap to ask for, however large the others are. */
export async function readSet(run: RunTool, family: string, table: string, set: string): Promise<SetElement[] | null> {
  let listing: string;
  try {
    listing = await run('nft', ['-j', 'list', 'set', family, table, set]);
  } catch (error) {
    if (error instanceof AppError && error.code === 'tool.refused' && /No such file or directory/.test(error.message)) return null;
    throw error;
  }
  const { nftables } = JSON.parse(listing) as Listing;
  return nftables.flatMap((entry) => entry.set?.elem ?? []).map(readElement);
}

/** Reads one listed element. */
export function readElement(element: ListedElement): SetElement {
  const { val, expires, counter }: Held = typeof element === 'object' && 'elem' in element ? element.elem : { val: element };
  return { key: keyOf(val), packets: counter?.packets ?? 0, bytes: counter?.bytes ?? 0, expiresInSeconds: expires ?? null };
}

function keyOf(value: Value): readonly Plain[] {
  if (typeof value !== 'object') return [value];
  if ('concat' in value) return value.concat;
  return 'prefix' in value ? [`${value.prefix.addr}/${value.prefix.len}`] : [value.range.join('-')];
}
