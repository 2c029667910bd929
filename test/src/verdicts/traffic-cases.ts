import { ATTACKS, LEGITIMATE, type TrafficRequest } from '@phalanx/testing';
import { attack } from '../perf/requests/attacks.js';
import type { SeededRandom } from '../perf/requests/seeded-random.js';
import { SHAPES } from '../perf/requests/shapes.js';
import { request, type VerdictCase } from './verdict-case.js';

const GENERATED = 250;

/** What visitors and attackers of a shop send: the demo's requests, and generated ones with browser headers, forms and JSON. */
export function trafficCases(random: SeededRandom): VerdictCase[] {
  const demo = (kind: string) => (sent: TrafficRequest, index: number) => ({ name: `traffic ${kind} ${index}`, bytes: bytesOf(sent) });
  const generated = SHAPES.filter(({ text }) => text === undefined).flatMap(({ name, make }) =>
    repeated(`traffic ${name}`, () => make(random)),
  );
  const attacks = repeated('traffic injection', () => attack(random));
  return [...LEGITIMATE.map(demo('visitor')), ...ATTACKS.map(demo('attacker')), ...generated, ...attacks];
}

function repeated(name: string, make: () => string): VerdictCase[] {
  return Array.from({ length: GENERATED }, (_, index) => ({ name: `${name} ${index}`, bytes: Buffer.from(make(), 'latin1') }));
}

function bytesOf({ method, path, body, type }: TrafficRequest): Buffer {
  // As a browser does it: spaces and quotes of a path go out encoded.
  const target = path.replace(/[ <>"]/g, encodeURIComponent);
  return request(method, target, type === undefined ? [] : [`Content-Type: ${type}`], body);
}
