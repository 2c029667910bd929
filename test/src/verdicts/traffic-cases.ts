import { ATTACKS, LEGITIMATE, type TrafficRequest } from '@phalanx/testing';
import { attack } from '../perf/requests/attacks.js';
import type { SeededRandom } from '../perf/requests/seeded-random.js';
import { SHAPES } from '../perf/requests/shapes.js';
import { request, type VerdictCase } from './verdict-case.js';

const GENERATED = { visitors: 1_500, attackers: 600 };

/** What visitors and attackers of a shop send: the demo's requests, and generated ones with browser headers, forms and JSON. */
export function trafficCases(random: SeededRandom): VerdictCase[] {
  const demo = (kind: string) => (sent: TrafficRequest, index: number) => ({
    source: 'traffic' as const,
    name: `${kind} ${index}`,
    bytes: bytesOf(sent),
  });
  const generated = SHAPES.filter(({ text }) => text === undefined).flatMap(({ name, make }) =>
    repeated(name, GENERATED.visitors, () => make(random)),
  );
  const attacks = repeated('injection', GENERATED.attackers, () => attack(random));
  return [...LEGITIMATE.map(demo('visitor')), ...ATTACKS.map(demo('attacker')), ...generated, ...attacks];
}

function repeated(name: string, count: number, make: () => string): VerdictCase[] {
  return Array.from({ length: count }, (_, index) => ({
    source: 'traffic',
    name: `${name} ${index}`,
    bytes: Buffer.from(make(), 'latin1'),
  }));
}

function bytesOf({ method, path, body, type }: TrafficRequest): Buffer {
  // As a browser does it: spaces and quotes of a path go out encoded.
  const target = path.replace(/[ <>"]/g, encodeURIComponent);
  return request(method, target, type === undefined ? [] : [`Content-Type: ${type}`], body);
}
