import { readFileSync } from 'node:fs';
import { CASE_HEADER } from './verdict-case.js';

/** A rule that matched, and what it says of it (CRS: `Matched Data: … found within ARGS:q: …`). */
export interface RuleMatch {
  readonly id: number;
  readonly data: string;
}

/** Rules that matched, by the number of the case. */
export type MatchedRules = ReadonlyMap<number, readonly RuleMatch[]>;

/** Of our audit file. */
export function engineRules(path: string): MatchedRules {
  const matched = new Map<number, readonly RuleMatch[]>();
  for (const line of linesOf(path)) {
    const { headers, rules } = JSON.parse(line) as { headers: Record<string, string>; rules: RuleMatch[] };
    matched.set(
      Number(headers[CASE_HEADER]),
      rules.map(({ id, data }) => ({ id, data })),
    );
  }
  return matched;
}

interface ModSecurityRecord {
  readonly transaction: {
    readonly request: { readonly headers?: Record<string, string> };
    readonly messages?: { readonly details: { readonly ruleId: string; readonly data: string } }[];
  };
}

/** Of ModSecurity's audit log in JSON. Its records hold bytes as they came, so that not every one can be read. */
export function modSecurityRules(path: string): MatchedRules {
  const matched = new Map<number, readonly RuleMatch[]>();
  for (const line of linesOf(path)) {
    const record = recordOf(line);
    if (record === null) continue;
    const { request, messages = [] } = record.transaction;
    matched.set(
      Number(request.headers?.[CASE_HEADER]),
      messages.map(({ details }) => ({ id: Number(details.ruleId), data: details.data })),
    );
  }
  return matched;
}

function recordOf(line: string): ModSecurityRecord | null {
  try {
    return JSON.parse(line) as ModSecurityRecord;
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function linesOf(path: string): string[] {
  return readFileSync(path, 'latin1').split('\n').filter(Boolean);
}
