import { AppError } from '@phalanx/kit';
import type { RunTool } from '../system-tools.js';
import { type NftFamily, type NftTable } from './ruleset.js';
import { contentsOf, replaceTable, type TableContents } from './table-transaction.js';
import { normalisedListing, type ShownElements } from './table-listing.js';

export interface TableName {
  readonly family: NftFamily;
  readonly name: string;
}

const APPLY_MS = 30_000;

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

  /** What stands under the owned names, normalised; empty where there is nothing. */
  async observe(shown: ShownElements): Promise<string[]> {
    const listings: string[][] = [];
    for (const table of this.owned) {
      const listing = await this.list(table, ['-s', '-nn']);
      if (listing !== null) listings.push(normalisedListing(listing, shown));
    }
    return listings.flatMap((lines, index) => (index === 0 ? lines : ['', ...lines]));
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
