import { sleep } from '@phalanx/kit';
import { RawClient } from '../../peers/raw-client.js';
import { rawRequest } from '../requests/browser.js';
import { SeededRandom } from '../requests/seeded-random.js';

const CLIENTS = 8;
/** Between an answer and the next request of a client: together they leave the server mostly idle. */
const PAUSE_MS = 10;

/** A GET that no paranoia level objects to. */
function plainGet(random: SeededRandom): Buffer {
  const headers = ['Host: shop.example', 'User-Agent: Mozilla/5.0', 'Accept: text/html', 'Accept-Language: en'];
  return Buffer.from(rawRequest('GET', `/garden/${random.integer(1, 9_999)}?page=${random.integer(1, 9_999)}`, headers), 'latin1');
}

/** Sends legitimate GETs over a few connections for so long; gives the time of each answer in ms, sorted. */
export async function bystanderTimes(port: number, seconds: number): Promise<number[]> {
  const until = performance.now() + seconds * 1_000;
  const times: number[] = [];
  const clients = Array.from({ length: CLIENTS }, async (_, index) => {
    const random = new SeededRandom(index + 1);
    const client = new RawClient(port);
    try {
      while (performance.now() < until) {
        const { status, ms } = await client.send(plainGet(random));
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
