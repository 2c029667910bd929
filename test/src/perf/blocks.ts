import { parseArgs } from 'node:util';
import { runTool, startBlocks } from '@phalanx/appliance';
import { type AppliancePatterns, BLOCKS_MAX } from '@phalanx/contracts';
import { AppError, silentLogger } from '@phalanx/kit';
import { Lab, type LabHost } from '@phalanx/testing';

const BOX = { applianceId: '11111111-1111-4111-8111-111111111111', tenantId: '22222222-2222-4222-8222-222222222222' };
const HOUR_MS = 3_600_000;

/**
 * Time that a box takes to apply a block list (half of it with an end) to its kernel and to read it back, the digest compared; then the same for
 * one address more. Both beside what nft takes to load the same list by itself. Needs root: it runs in a network namespace of its own.
 */
export async function benchBlocks(args: readonly string[]): Promise<void> {
  const text = { type: 'string' } as const;
  const { values } = parseArgs({ args: [...args], options: { elements: text, rounds: text } });
  const elements = positive(values.elements, 50_000, BLOCKS_MAX - 1);
  const rounds = positive(values.rounds, 5, 100);
  const lab = await Lab.create();
  try {
    const host = await lab.host('box');
    const times: Awaited<ReturnType<typeof measureRound>>[] = [];
    for (let round = 0; round < rounds; round++) times.push(await measureRound(host, elements));
    const best = (name: keyof (typeof times)[number]) => Math.min(...times.map((taken) => taken[name]));
    console.log(`elements=${elements}\nrounds=${rounds}`);
    for (const name of ['apply_ms', 'read_back_ms', 'whole_ms', 'one_more_ms', 'one_more_read_back_ms', 'plain_nft_ms'] as const)
      console.log(`${name}=${Math.round(best(name))}`);
    console.log(`ratio=${(best('whole_ms') / best('plain_nft_ms')).toFixed(2)}`);
  } finally {
    await lab.close();
  }
}

async function measureRound(host: LabHost, count: number) {
  const { driver } = startBlocks({
    box: BOX,
    logger: silentLogger,
    run: (command, words, run) => runTool('ip', ['netns', 'exec', host.namespace, command, ...words], run),
  });
  const blocks = manyBlocks(count);
  const first = contentOf(blocks);
  const second = contentOf([...blocks, { address: '192.0.2.66', expiresAt: null }]);
  await driver.apply(null, null);
  const apply = await timed(() => driver.apply(first, null));
  const readBack = await timed(() => driver.observe(first));
  const more = await timed(() => driver.apply(second, first));
  const moreReadBack = await timed(() => driver.observe(second));
  for (const [applied, observed] of [
    [apply, readBack],
    [more, moreReadBack],
  ] as const)
    if (applied.result.expectedDigest === null || applied.result.expectedDigest !== observed.result.digest)
      throw new AppError('bug', 'bench.not-as-applied', `what was read back is not what was applied:\n${observed.result.diff}`);
  await driver.apply(null, second);
  const list = blocks.map(({ address, expiresAt }) => (expiresAt ? `${address} timeout 3600s` : address)).join(', ');
  await host.nft('add table inet plain; add set inet plain blocked { type ipv4_addr; flags timeout; }');
  const plain = await timed(() => host.nft(`add element inet plain blocked { ${list} }`));
  await host.nft('delete table inet plain');
  return {
    apply_ms: apply.ms,
    read_back_ms: readBack.ms,
    whole_ms: apply.ms + readBack.ms,
    one_more_ms: more.ms,
    one_more_read_back_ms: moreReadBack.ms,
    plain_nft_ms: plain.ms,
  };
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly result: T; readonly ms: number }> {
  const began = performance.now();
  const result = await work();
  return { result, ms: performance.now() - began };
}

function manyBlocks(count: number): AppliancePatterns['blocks'] {
  const expiresAt = new Date(Date.now() + HOUR_MS).toISOString();
  return Array.from({ length: count }, (_, index) => {
    const address = `10.${(index >> 14) & 255}.${(index >> 6) & 255}.${(index & 63) * 4 + 1}`;
    return { address, expiresAt: index % 2 ? expiresAt : null };
  });
}

function contentOf(blocks: AppliancePatterns['blocks']): Buffer {
  return Buffer.from(JSON.stringify({ version: 1, ...BOX, blocks, released: [] } satisfies AppliancePatterns));
}

function positive(text: string | undefined, otherwise: number, most: number): number {
  const value = text === undefined ? otherwise : Number(text);
  if (!Number.isInteger(value) || value < 1 || value > most)
    throw new AppError('invalid', 'cli.usage', `${text} is no number from 1 to ${most}`);
  return value;
}
