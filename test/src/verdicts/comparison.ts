import { RawClient } from '../peers/raw-client.js';
import { engineRules, modSecurityRules } from './matched-rules.js';
import type { TwoEngines } from './two-engines.js';
import { marked, type VerdictCase } from './verdict-case.js';

const AT_A_TIME = 4;
const ANSWER_MS = 30_000;

/** What one engine made of a case. */
export interface SideVerdict {
  /** 0 when the connection was closed without an answer. */
  readonly status: number;
  readonly isBlocked: boolean;
  /** Rules that matched and log. */
  readonly rules: readonly number[];
}

/** A case on which the engines differ. */
export interface Difference {
  readonly of: VerdictCase;
  readonly engine: SideVerdict;
  readonly modSecurity: SideVerdict;
}

export interface Comparison {
  readonly requests: number;
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
  return { requests: cases.length, blockedByBoth, differences };
}

async function statusOf(port: number, bytes: Buffer): Promise<number> {
  const client = new RawClient(port, ANSWER_MS);
  try {
    return (await client.send(bytes)).status;
  } finally {
    client.close();
  }
}
