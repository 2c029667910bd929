import { AppError } from '@phalanx/kit';
import type { RunTool } from '../system-tools.js';
import { type NftFamily, type NftTable } from './ruleset.js';
import { contentsOf, replaceTable, type TableContents } from './table-transaction.js';
import { elementsIn, normalisedListing, setsIn, type ShownElements, withElements } from './table-listing.js';

export interface TableName {
  readonly family: NftFamily;
  readonly name: string;
}

const APPLY_MS = 30_000;
/** With more of them than this one long listing is quicker. */
const SETS_ONE_BY_ONE = 3;

/** The tables of one owner in the kernel: changed in one transaction, and read back. `owned` are all that the owner may ever have. */
export class NftTables {
  constructor(
    private readonly run: RunTool,
    private readonly owned: readonly TableName[],
  ) {}

  /** Has the kernel judge the tables without taking them. Throws `invalid` with nft's own words. */
  async check(wanted: readonly NftTable[]): Promise<void> {
    await this.replace(wanted, ['-c']);
  }

  /** Replaces all owned tables by these, or changes nothing. */
  async apply(wanted: readonly NftTable[]): Promise<void> {
    await this.replace(wanted, []);
  }

  /** What stands under the owned names, normalised; empty where there is nothing. `isLive` names sets whose elements don't matter. */
  async observe(isLive: (set: string) => boolean, shown: ShownElements): Promise<string[]> {
    const listings: string[][] = [];
    for (const table of this.owned) {
      const listing = await this.listWithElements(table, isLive);
      if (listing !== null) listings.push(normalisedListing(listing, (set, elements) => (isLive(set) ? [] : shown(set, elements))));
    }
    return listings.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
  }

  /** Sets that packets fill may be large, and are not asked for where that can be helped. */
  private async listWithElements(table: TableName, isLive: (set: string) => boolean): Promise<string | null> {
    const terse = await this.list(table, ['-s', '-nn', '-t']);
    if (terse === null) return null;
    const sets = setsIn(terse).filter((set) => !isLive(set));
    if (sets.length > SETS_ONE_BY_ONE) return this.list(table, ['-s', '-nn']);
    const elements = new Map<string, string | null>();
    for (const set of sets) {
      const listing = await this.run('nft', ['-s', '-nn', 'list', 'set', table.family, table.name, set]);
      elements.set(set, elementsIn(listing));
    }
    return withElements(terse, elements);
  }

  private async replace(wanted: readonly NftTable[], options: readonly string[]): Promise<void> {
    const present = await Promise.all(this.owned.map((table) => this.contents(table)));
    const batch = (whole: boolean) =>
      this.owned
        .map(({ family, name }, index) => {
          const table = wanted.find((one) => one.family === family && one.name === name);
          if (table) return replaceTable(table, present[index]!, whole);
          return present[index] ? `delete table ${family} ${name}\n` : '';
        })
        .join('\n');
    const take = (text: string) => this.run('nft', [...options, '-f', '-'], { input: text, timeoutMs: APPLY_MS });
    try {
      await take(batch(false));
    } catch (error) {
      // What someone gave one of our names to, in another form, can only be replaced with all that is around it.
      if (!(error instanceof AppError) || error.code !== 'tool.refused' || present.every((table) => table === null)) throw error;
      await take(batch(true));
    }
  }

  private async contents(table: TableName): Promise<TableContents | null> {
    const listing = await this.list(table, ['-j', '-t']);
    return listing === null ? null : contentsOf(listing);
  }

  private async list({ family, name }: TableName, options: readonly string[]): Promise<string | null> {
    try {
      return await this.run('nft', [...options, 'list', 'table', family, name], { timeoutMs: APPLY_MS });
    } catch (error) {
      if (error instanceof AppError && error.code === 'tool.refused' && /No such file or directory/.test(error.message)) return null;
      throw error;
    }
  }
}
