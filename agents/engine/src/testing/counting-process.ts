import { silentLogger } from '@phalanx/kit';
import { JournalCollectionStore } from '@phalanx/seclang';

const HOUR_MS = 3_600_000;
const AT_ONCE = 50;

/** What a counting process tells: how many changes are made for certain, what it sees at the end. */
export type CountingWord = { readonly made: number } | { readonly sums: readonly (string | undefined)[]; readonly unsharedChanges: number };

/** Keys that all processes count in. */
const KEYS = ['a', 'b', 'c', 'd', 'e', 'f', 'g'];

/** Adds 1 to one key after the other, so many times; between them it writes values that take more than a page. */
function count(folder: string, segmentBytes: number, times: number): void {
  const store = new JournalCollectionStore({ folder, bootId: 'test', logger: silentLogger, segmentBytes });
  const tell = (word: CountingWord): void => void process.send?.(word);
  let made = 0;
  const step = (): void => {
    for (let n = 0; n < AT_ONCE && made < times; n++, made++) {
      store.open('IP', KEYS[made % KEYS.length] ?? '', HOUR_MS).add('count', 1);
      if (made % 10 === 0) store.open('GLOBAL', String(process.pid), HOUR_MS).set('note', 'x'.repeat(4_096));
    }
    tell({ made });
    if (made < times) setImmediate(step);
  };
  process.on('message', () => {
    tell({ sums: KEYS.map((key) => store.open('IP', key, HOUR_MS).get('count')), unsharedChanges: store.unsharedChanges });
  });
  step();
}

const [folder, segmentBytes, times] = process.argv.slice(2);
if (process.send && folder !== undefined) count(folder, Number(segmentBytes), Number(times));
