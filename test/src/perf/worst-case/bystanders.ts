import { sleep } from '@phalanx/kit';
import { RawClient } from '../../peers/raw-client.js';
import { SHAPES } from '../requests/shapes.js';
import { SeededRandom } from '../requests/seeded-random.js';

const CLIENTS = 8;
/** Between an answer and the next request of a client: together they leave the server mostly idle. */
const PAUSE_MS = 10;

/** Sends legitimate GETs over a few connections for so long; gives the time of each answer in ms, sorted. */
export async function bystanderTimes(port: number, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    const random = new SeededRandom(index + 1);
    const client = new RawClient(port);
    try {
      while (performance.now() < until) {
        const { status, ms } = await client.send(Buffer.from(SHAPES[0]!.make(random), 'latin1'));
        if (status !== 200) throw new Error(`a bystander was answered ${status}`);
        times.push(ms);
        await sleep(PAUSE_MS);
      }
    } finally {
      client.close();
    }
  });
  await Promise.all(clients);
  return times.sort((a, b) => a - b);
}
