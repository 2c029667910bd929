import { RawClient } from '../peers/raw-client.js';
import { engineRules, modSecurityRules, type RuleMatch } from './matched-rules.js';
import type { TwoEngines } from './two-engines.js';
import { type CaseSource, marked, type VerdictCase } from './verdict-case.js';

const AT_A_TIME = 4;
const ANSWER_MS = 30_000;

/** What one engine made of a case. */
export interface SideVerdict {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly isBlocked: boolean;
  /** Rules that matched and log. */
  readonly rules: readonly RuleMatch[];
}

/** A case on which the engines differ. */
export interface Difference {
  readonly of: VerdictCase;
  readonly engine: SideVerdict;
  readonly modSecurity: SideVerdict;
}

export interface Comparison {
  readonly requests: number;
  /** Requests by the part of the corpus that they are of. */
  readonly bySource: ReadonlyMap<CaseSource, number>;
  /** Of the requests, those that both blocked. */
  readonly blockedByBoth: number;
  readonly differences: readonly Difference[];
}

/** Sends every case to both engines, each on a connection of its own. The origin answers everything with 200, so any other status is a refusal. */
export async function compare(engines: TwoEngines, cases: readonly VerdictCase[]): Promise<Comparison> {
  const statuses: [engine: number, modSecurity: number][] = [];
  let next = 0;
  const lane = async (): Promise<void> => {
    for (let index = next++; index < cases.length; index = next++) {
      const bytes = marked(cases[index]!, index);
      statuses[index] = [await statusOf(engines.engine.port, bytes), await statusOf(engines.modSecurity.port, bytes)];
    }
  };
  await Promise.all(Array.from({ length: AT_A_TIME }, lane));
  const rules = { engine: engineRules(engines.engineAudit), modSecurity: modSecurityRules(engines.modSecurityAudit) };
  const differences: Difference[] = [];
  let blockedByBoth = 0;
  for (const [index, [engine, modSecurity]] of statuses.entries()) {
    if (engine !== 200 && modSecurity !== 200) blockedByBoth++;
    if ((engine === 200) === (modSecurity === 200)) continue;
    differences.push({
      of: cases[index]!,
      engine: { status: engine, isBlocked: engine !== 200, rules: rules.engine.get(index) ?? [] },
      modSecurity: { status: modSecurity, isBlocked: modSecurity !== 200, rules: rules.modSecurity.get(index) ?? [] },
    });
  }
  const bySource = new Map<CaseSource, number>();
  for (const { source } of cases) bySource.set(source, (bySource.get(source) ?? 0) + 1);
  return { requests: cases.length, bySource, blockedByBoth, differences };
}

async function statusOf(port: number, bytes: Buffer): Promise<number> {
  const client = new RawClient(port, ANSWER_MS);
  try {
    return (await client.send(bytes)).status;
  } finally {
    client.close();
  }
}

/** Share of the requests, of one source or of all, on which the engines agree; from 0 to 1. */
export function agreement({ requests, bySource, differences }: Comparison, source?: CaseSource): number {
  if (source === undefined) return 1 - differences.length / requests;
  return 1 - differences.filter(({ of }) => of.source === source).length / (bySource.get(source) ?? 0);
}
